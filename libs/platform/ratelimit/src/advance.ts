import { LRUCache } from 'lru-cache';
import { flowOf, take, wholeUs } from './gcra';
import type { Decision, LimitRequest, LimitRow } from './rate-limiter.types';

const viewsMax = 50_000;
/** A process gives a quarter of a bucket before the shared one has answered. What was given is owed, whatever it answers. */
const part = 4;

/** Tokens of a bucket that were given and that the shared bucket has not confirmed yet. */
export type Unconfirmed = (key: string) => number;

/** What a process may give in advance from this row's bucket. */
export function advanceOf({ whenAway, burst }: LimitRow): number {
  return whenAway === 'closed' ? 0 : Math.floor(burst / part);
}

/**
 * What this process knows of shared buckets, the most recently used 50,000 of them. While one is known to be at least
 * three quarters full nobody needs to wait for it: it would allow.
 */
export class Advance {
  /** When each bucket will be full, as its last answer told, in microseconds of this process's clock. */
  private readonly fullAt = new LRUCache<string, number>({ max: viewsMax });

  /** Decides at once where every bucket of the request is known to be full enough; undefined: ask. Changes nothing. */
  decide(
    nowMs: number,
    { rows }: LimitRequest,
    keys: readonly string[],
    unconfirmed: Unconfirmed,
  ): Decision | undefined {
    const now = wholeUs(nowMs);
    let decision: Decision | undefined;
    for (const [index, row] of rows.entries()) {
      const key = keys[index] ?? '';
      const advance = advanceOf(row);
      const given = unconfirmed(key);
      const fullAt = this.fullAt.get(key);
      if (fullAt === undefined || given >= advance) return undefined;
      const taken = take(fullAt, now, Math.max(given, 0) + 1, flowOf(row.perMinute, row.burst));
      if (taken.waitUs > 0 || taken.remaining < row.burst - advance) return undefined;
      decision ??= {
        allowed: true,
        row,
        retryAfterMs: 0,
        remaining: taken.remaining,
        resetMs: Math.ceil((taken.fullAt - now) / 1_000),
      };
    }
    return decision;
  }

  /** What the shared bucket has told: in how many microseconds it will be full. */
  learn(key: string, nowMs: number, fullUs: number): void {
    this.fullAt.set(key, wholeUs(nowMs) + fullUs);
  }

  forget(): void {
    this.fullAt.clear();
  }
}
