const firstMs = 1_000;
const longestMs = 30_000;

/** A number in [0, 1). */
export type Random = () => number;

/**
 * Milliseconds to wait before retry number `attempt` (from 0): full jitter, the bound doubles from 1 s to 30 s, so that
 * a crowd that was cut off at once does not come back at once.
 */
export function backoffMs(attempt: number, random: Random): number {
  return Math.floor(random() * Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10)));
}

/** Milliseconds between the two bounds. */
export function jitterMs(from: number, to: number, random: Random): number {
  return from + Math.floor(random() * (to - from));
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
