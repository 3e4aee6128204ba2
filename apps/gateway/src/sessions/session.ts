import type { UserActor } from '@parley/platform/auth';
import type { Connection } from '../connections/connection';

/** An authenticated connection, from its handshake to its end. */
export class Session {
  /** Resolves when everything committed from then on arrives live. It never does for a connection that ends before. */
  readonly loaded: Promise<void>;
  private markLoaded: () => void = () => undefined;
  private ended = false;
  private leave: () => void = () => undefined;

  constructor(readonly connection: Connection) {
    this.loaded = new Promise((resolve) => {
      this.markLoaded = resolve;
    });
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
    this.leave();
  }
}
