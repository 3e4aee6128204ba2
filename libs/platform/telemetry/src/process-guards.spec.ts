import { EventEmitter, once } from 'node:events';
import { Writable } from 'node:stream';
import { createLogger } from './log/log';
import { exitWhenParentDies, installProcessGuards } from './process-guards';

class FakeProcess extends EventEmitter {
  connected = true;
  exit = (code?: number | string | null): never => {
    this.emit('exited', code);
    return undefined as never;
  };
}

describe('the guards of a process (F39)', () => {
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) });
  const log = createLogger({ process: 'api', level: 'info', format: 'json', stream });
  let target: FakeProcess;
  let shutdowns: number;

  function guard(shutdown = (): Promise<void> => Promise.resolve(), hardStopMs = 1_000): void {
    target = new FakeProcess();
    shutdowns = 0;
    const counted = (): Promise<void> => ((shutdowns += 1), shutdown());
    const guards = installProcessGuards({ log, shutdown: counted, hardStopMs, target: target as never });
    exitWhenParentDies(guards, target as never);
  }

  async function exitCodeAfter(event: string, ...args: unknown[]): Promise<unknown> {
    const exited = once(target, 'exited');
    target.emit(event, ...args);
    return (await exited)[0];
  }

  beforeEach(() => lines.splice(0));

  it.each([
    ['uncaughtException', 'process.uncaught_exception'],
    ['unhandledRejection', 'process.unhandled_rejection'],
  ])('logs an %s, shuts down and exits with 1', async (event, name) => {
    guard();
    expect(await exitCodeAfter(event, new Error('broken frame'))).toBe(1);
    expect(shutdowns).toBe(1);
    expect(lines[0]).toContain(name);
    expect(lines[0]).toContain('broken frame');
  });

  it.each(['SIGTERM', 'SIGINT'])('shuts down in order on %s and exits with 0', async (signal) => {
    guard();
    expect(await exitCodeAfter(signal, signal)).toBe(0);
  });

  it('shuts down once, however many signals come', async () => {
    guard();
    target.emit('SIGINT', 'SIGINT');
    expect(await exitCodeAfter('SIGINT', 'SIGINT')).toBe(0);
    expect(shutdowns).toBe(1);
  });

  it('stops hard when the shutdown hangs, and fails when it throws', async () => {
    guard(() => new Promise(() => undefined), 10);
    expect(await exitCodeAfter('SIGTERM', 'SIGTERM')).toBe(1);
    expect(lines.join()).toContain('process.hard_stop');
    guard(() => Promise.reject(new Error('no')));
    expect(await exitCodeAfter('SIGTERM', 'SIGTERM')).toBe(1);
  });

  it('shuts down when the launcher is gone', async () => {
    guard();
    expect(await exitCodeAfter('disconnect')).toBe(0);
  });
});
