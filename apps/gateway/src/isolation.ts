/** What the gateway knows, and what it can do about it. */
export interface IsolationPorts {
  monotonicMs(): number;
  /** Rejects when PostgreSQL does not answer. */
  ping(): Promise<void>;
  /** Another process is known to have PostgreSQL at this moment. */
  othersHavePostgres(): boolean;
  /** Sends the clients elsewhere and lets nobody in; resolves when that is done. */
  leave(): Promise<void>;
  /** Lets clients in again. */
  comeBack(): void;
}

/** Without PostgreSQL for this long, while others have it, the gateway sends its clients to them. */
export const isolatedAfterMs = 10_000;
/** PostgreSQL must answer for this long before clients are let in again: a line that flaps must not move them about. */
export const steadyAfterMs = 5_000;

/**
 * Whether this gateway alone lost PostgreSQL (F40). When everybody has, its clients are nowhere better off: they stay, and
 * go on at once when it is back.
 */
export class Isolation {
  private changedAt: number;
  private answers = true;
  private left = false;

  constructor(private readonly ports: IsolationPorts) {
    this.changedAt = ports.monotonicMs();
  }

  /** Call it about once a second, not before the last call is over. */
  async look(): Promise<void> {
    const answers = await this.ports.ping().then(
      () => true,
      () => false,
    );
    const now = this.ports.monotonicMs();
    if (answers !== this.answers) {
      this.answers = answers;
      this.changedAt = now;
    }
    const lastedMs = now - this.changedAt;
    if (this.left && answers && lastedMs >= steadyAfterMs) {
      this.left = false;
      this.ports.comeBack();
    } else if (!this.left && !answers && lastedMs >= isolatedAfterMs && this.ports.othersHavePostgres()) {
      this.left = true;
      await this.ports.leave();
    }
  }
}
