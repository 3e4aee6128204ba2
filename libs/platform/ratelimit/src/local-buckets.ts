import { LRUCache } from 'lru-cache';
import { flowOf, take, wholeUs, type Flow } from './gcra';
import type { Decision, LimitRow } from './rate-limiter.types';

const bucketsMax = 50_000;

/** How much of a limit this process may give by itself. */
export interface Share {
  /** Processes that share the limit. */
  nodes: number;
  /** Divides again what must not be guessed at. */
  closedBy: number;
}

/** Buckets of this process, the most recently used 50,000 of them. */
export class LocalBuckets {
  private readonly fullAt = new LRUCache<string, number>({ max: bucketsMax });

  /** Takes `cost` from each row's bucket, or nothing at all; 0 only looks. */
  take(
    nowMs: number,
    scope: string,
    rows: readonly [LimitRow, ...LimitRow[]],
    cost: number,
    share: Share,
  ): Decision {
    const now = wholeUs(nowMs);
    const taken = rows.map((row) => {
      const key = `${scope} ${row.bucket} ${row.subject}`;
      return { row, key, ...take(this.fullAt.get(key) ?? 0, now, cost, shareOf(row, share)) };
    });
    const refusing = taken.filter(({ waitUs }) => waitUs > 0).sort((a, b) => b.waitUs - a.waitUs)[0];
    if (refusing === undefined && cost !== 0) {
      for (const { key, fullAt } of taken) this.fullAt.set(key, fullAt);
    }
    const { row, waitUs, remaining, fullAt } = refusing ??
      taken[0] ?? { row: rows[0], waitUs: 0, remaining: 0, fullAt: now };
    return {
      allowed: refusing === undefined,
      row,
      retryAfterMs: Math.ceil(waitUs / 1_000),
      remaining,
      resetMs: Math.ceil(Math.max(0, fullAt - now) / 1_000),
    };
  }
}

function shareOf({ perMinute, burst, whenAway }: LimitRow, { nodes, closedBy }: Share): Flow {
  const parts = nodes * (whenAway === 'closed' ? closedBy : 1);
  return flowOf(perMinute / parts, Math.max(1, Math.floor(burst / parts)));
}
