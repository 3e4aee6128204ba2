/** Times in milliseconds since the epoch, by PostgreSQL's clock. */
export interface Interval {
  from: number;
  to: number;
}

/** How far behind an interval's end a transaction that was open then may have begun: those take up to 5 s. */
export const settleMs = 10_000;

/** Up to when this gateway was told of all that was committed. */
export class TailWatermark {
  private reached: number | null = null;

  /** Null: it was told of nothing yet. */
  get value(): number | null {
    return this.reached;
  }

  /**
   * Takes an interval in; false where it does not join on to what is known, so that the time between is to be read first.
   * One that begins where the last one ended is the next page of the same reading.
   */
  advance({ from, to }: Interval): boolean {
    const joins = this.reached === null || from <= this.reached - settleMs || from === this.reached;
    if (!joins) return false;
    this.reached = Math.max(this.reached ?? to, to);
    return true;
  }
}
