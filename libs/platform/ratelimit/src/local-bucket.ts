import { flowOf, take, wholeUs } from './gcra';

/** One bucket of this process alone. */
export class LocalBucket {
  private fullAt = 0;

  /** Takes a token; milliseconds to wait where there is none, else 0. */
  take(nowMs: number, perMinute: number, burst: number): number {
    const { fullAt, waitUs } = take(this.fullAt, wholeUs(nowMs), 1, flowOf(perMinute, burst));
    this.fullAt = fullAt;
    return Math.ceil(waitUs / 1_000);
  }
}
