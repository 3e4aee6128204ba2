import { waitFor } from '@parley/testing';
import { KeptServer, type RunningServer } from './kept-server';

class FakeServer implements RunningServer {
  readonly exited: Promise<void>;
  die!: () => void;

  constructor(readonly port: number) {
    this.exited = new Promise((resolve) => (this.die = resolve));
  }

  stop = (): Promise<void> => {
    this.die();
    return this.exited;
  };
}

describe('an embedded server', () => {
  const lines: string[] = [];
  const announce = (line: string) => void lines.push(line);
  beforeEach(() => lines.splice(0));

  it('is started again on its port when it dies, as often as it takes, and says each reason once', async () => {
    const ports: (number | undefined)[] = [];
    const kept = await KeptServer.start(
      'Redis',
      (port) => {
        ports.push(port);
        if (ports.length === 2 || ports.length === 3) return Promise.reject(new Error('no memory'));
        return Promise.resolve(new FakeServer(port ?? 7000));
      },
      announce,
    );
    const first = kept.server;
    first.die();
    await waitFor(() => kept.server !== first && kept.state === 'up');
    expect(ports).toEqual([undefined, 7000, 7000, 7000]);
    expect(lines).toEqual([
      'Redis: ended; starting it again in 0.1 s',
      'Redis: no memory; starting it again in 0.2 s',
    ]);
    await kept.stop();
  });

  it('stays away when it was stopped', async () => {
    let starts = 0;
    const kept = await KeptServer.start(
      'Redis',
      () => Promise.resolve(new FakeServer((starts += 1))),
      announce,
    );
    await kept.stop();
    expect([starts, lines]).toEqual([1, []]);
  });

  it('is not started again when the stop comes during the pause', async () => {
    let starts = 0;
    const kept = await KeptServer.start(
      'Redis',
      () => Promise.resolve(new FakeServer((starts += 1))),
      announce,
    );
    kept.server.die();
    await waitFor(() => lines.length === 1);
    await kept.stop();
    expect(starts).toBe(1);
  });
});
