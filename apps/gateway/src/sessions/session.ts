import type { UserActor } from '@parley/platform/auth';
import type { Connection } from '../connections/connection';

const alreadyLoaded = Promise.resolve();

/** An authenticated connection, from its handshake to its end. */
export class Session {
  private isLoaded = false;
  private ended = false;
  /** Made for those who wait alone: most never do, and it would be held as long as the session. */
  private waiting: { promise: Promise<void>; resolve: () => void } | undefined;
  private leave: (() => void) | undefined;

  constructor(readonly connection: Connection) {}

  /** Resolves when everything committed from then on arrives live. It never does for a connection that ends before. */
  get loaded(): Promise<void> {
    if (this.isLoaded) return alreadyLoaded;
    if (this.waiting === undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.waiting = { promise, resolve };
    }
    return this.waiting.promise;
  }

  get actor(): UserActor {
    return this.connection.actor;
  }

  get isOpen(): boolean {
    return !this.ended;
  }

  /** `enter` takes the connection into the audience and returns how to take it out. */
  enterAudience(enter: (onLoaded: () => void) => () => void, onReady: () => void): void {
    this.leave = enter(() => {
      onReady();
      this.markLoaded();
    });
    if (this.ended) this.leave();
  }

  end(): void {
    this.ended = true;
    this.leave?.();
  }

  private markLoaded(): void {
    this.isLoaded = true;
    this.waiting?.resolve();
    this.waiting = undefined;
  }
}
