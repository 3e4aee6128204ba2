import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from './processes/backoff';

/** An embedded PostgreSQL or Redis, once it answers. */
export interface RunningServer {
  port: number;
  exited: Promise<unknown>;
  stop: () => Promise<void>;
}

/** An embedded server that is started again, on the same port, when it dies. */
export class KeptServer<T extends RunningServer> {
  state: 'up' | 'down' = 'up';
  private readonly ending = new AbortController();
  private readonly backoff = new Backoff();
  private readonly kept: Promise<void>;

  private constructor(
    private readonly name: string,
    private current: T,
    private readonly startOn: (port: number) => Promise<T>,
    private readonly announce: (line: string) => void,
  ) {
    this.kept = this.keep();
  }

  /** Starts it on a free port; throws what the start throws. */
  static async start<T extends RunningServer>(
    name: string,
    start: (port?: number) => Promise<T>,
    announce: (line: string) => void,
  ): Promise<KeptServer<T>> {
    return new KeptServer(name, await start(), start, announce);
  }

  get server(): T {
    return this.current;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.current.stop();
    await this.kept;
  }

  private async keep(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const startedAt = Date.now();
      await this.current.exited;
      this.state = 'down';
      await this.startAgain(Date.now() - startedAt);
    }
  }

  private async startAgain(uptimeMs: number): Promise<void> {
    let announced = '';
    for (let why = 'ended'; !this.ending.signal.aborted; uptimeMs = 0) {
      const waitMs = this.backoff.next(uptimeMs);
      // A disk that stays full for an hour is told of once.
      if (why !== announced) this.announce(`${this.name}: ${why}; starting it again in ${waitMs / 1000} s`);
      announced = why;
      await delay(waitMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
      if (this.ending.signal.aborted) return;
      try {
        this.current = await this.startOn(this.current.port);
        this.state = 'up';
        if (this.ending.signal.aborted) await this.current.stop();
        return;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
  }
}
