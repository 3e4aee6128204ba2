const firstMs = 100;
const longestMs = 10_000;
const calmAfterMs = 30_000;

/** How long to wait before something that ended is started again: 100 ms, doubled up to 10 s, anew after 30 s of calm. */
export class Backoff {
  private failures = 0;

  /** Milliseconds to wait after it ended, having run for `uptimeMs`. */
  next(uptimeMs: number): number {
    if (uptimeMs >= calmAfterMs) this.failures = 0;
    const wait = Math.min(longestMs, firstMs * 2 ** this.failures);
    this.failures += 1;
    return wait;
  }
}
