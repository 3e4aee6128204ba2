import { Clock } from '@parley/platform/clock';
import { Metrics, createLogger } from '@parley/platform/telemetry';
import { QueueWatchdog } from './queue-watchdog';

class HandClock extends Clock {
  ms = 1_000_000;
  now(): Date {
    return new Date(this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
}

describe('F3: the watchdog of the queues', () => {
  const clock = new HandClock();
  let waiting: number | Error;
  let lastFinished: number | undefined;
  let restarts: number;
  let watchdog: QueueWatchdog;

  beforeEach(() => {
    [waiting, lastFinished, restarts] = [0, undefined, 0];
    const queues = {
      names: ['test'],
      waiting: () => (waiting instanceof Error ? Promise.reject(waiting) : Promise.resolve(waiting)),
      lastFinished: () => lastFinished,
      restart: () => Promise.resolve(void (restarts += 1)),
    };
    const log = createLogger({ process: 'test', level: 'error', format: 'json', stream: process.stderr });
    jest.spyOn(log, 'error').mockImplementation(() => undefined);
    watchdog = new QueueWatchdog(queues, clock, log, new Metrics('test'), 60_000);
  });

  async function pass(seconds: number): Promise<void> {
    for (let index = 0; index < seconds / 5; index += 1) {
      clock.ms += 5_000;
      await watchdog.check();
    }
  }

  it('restarts the workers when jobs wait and none ends for 60 s, and gives them 60 s again', async () => {
    waiting = 3;
    await pass(60);
    expect(restarts).toBe(0);
    await pass(5);
    expect(restarts).toBe(1);
    await pass(60);
    expect(restarts).toBe(1);
    await pass(5);
    expect(restarts).toBe(2);
  });

  it('leaves them alone while jobs end, while none waits, and while Redis is away', async () => {
    waiting = 3;
    for (let index = 0; index < 10; index += 1) {
      lastFinished = clock.ms;
      await pass(30);
    }
    waiting = 0;
    await pass(120);
    waiting = 3;
    await pass(50);
    waiting = new Error('away');
    await pass(120);
    expect(restarts).toBe(0);
  });
});
