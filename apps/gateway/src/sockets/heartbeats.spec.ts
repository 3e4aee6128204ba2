import { limits } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { Heartbeats } from './heartbeats';

class SetClock extends Clock {
  ms = 0;

  override now(): Date {
    return new Date(this.ms);
  }

  override monotonicMs(): number {
    return this.ms;
  }
}

class Line {
  isAlive = true;
  pings = 0;
  ended = false;

  ping(): void {
    this.pings += 1;
  }

  terminate(): void {
    this.ended = true;
  }
}

const { pingIntervalMs, pingTimeoutMs } = limits;

describe('Heartbeats', () => {
  let clock: SetClock;
  let heartbeats: Heartbeats;
  beforeEach(() => {
    clock = new SetClock();
    heartbeats = new Heartbeats(clock);
  });
  afterEach(() => heartbeats.onApplicationShutdown());

  function pass(ms: number): void {
    for (const end = clock.ms + ms; clock.ms < end;) {
      clock.ms += 50;
      heartbeats.turn();
    }
  }

  it('asks each connection once in an interval, at a time of its own', () => {
    const [one, two] = [new Line(), new Line()];
    heartbeats.add(one);
    pass(10_000);
    heartbeats.add(two);
    pass(pingIntervalMs - 10_000);
    expect([one.pings, two.pings]).toEqual([1, 0]);
    pass(10_000);
    expect([one.pings, two.pings]).toEqual([1, 1]);
  });

  it('ends who does not answer in time, and nobody else', () => {
    const [silent, there] = [new Line(), new Line()];
    for (const line of [silent, there]) heartbeats.add(line);
    pass(pingIntervalMs);
    there.isAlive = true;
    pass(pingTimeoutMs - 100);
    expect([silent.ended, there.ended]).toEqual([false, false]);
    pass(100);
    expect([silent.ended, there.ended]).toEqual([true, false]);
  });

  it('leaves alone who was taken out', () => {
    const line = new Line();
    heartbeats.remove(line, heartbeats.add(line));
    pass(pingIntervalMs * 2);
    expect([line.pings, line.ended]).toEqual([0, false]);
  });

  it('asks and condemns nobody in one go after this process stood still', () => {
    const line = new Line();
    heartbeats.add(line);
    clock.ms += pingIntervalMs + pingTimeoutMs + 1_000;
    for (let turns = 0; line.pings === 0; turns += 1) {
      expect(turns).toBeLessThan(100);
      heartbeats.turn();
    }
    // What the client has answered is read between this turn and the next.
    expect(line.ended).toBe(false);
    line.isAlive = true;
    pass(pingTimeoutMs);
    expect(line.ended).toBe(false);
  });
});
