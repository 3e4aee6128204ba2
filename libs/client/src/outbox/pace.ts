export interface PaceOptions {
  /** Sends that may go at once. */
  burst: number;
  /** Sends per second after that. */
  perSecond: number;
}

/** A bucket of permissions to send, so that a long queue does not flood the server when the connection is back. */
export class Pace {
  private level: number;
  private filledAt = Date.now();

  constructor(private readonly options: PaceOptions) {
    this.level = options.burst;
  }

  /** Milliseconds until the next permission; 0: there is one now. */
  waitMs(): number {
    this.fill();
    return this.level >= 1 ? 0 : Math.ceil(((1 - this.level) / this.options.perSecond) * 1_000);
  }

  take(): void {
    this.level -= 1;
  }

  private fill(): void {
    const now = Date.now();
    const gained = ((now - this.filledAt) / 1_000) * this.options.perSecond;
    this.level = Math.min(this.options.burst, this.level + Math.max(0, gained));
    this.filledAt = now;
  }
}
