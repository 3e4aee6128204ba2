/** One bucket that a request takes from. */
export interface LimitRow {
  /** The limit's name, for the answer and the metrics. */
  bucket: string;
  /** Whose bucket it is, within the tenant. */
  subject: string;
  perMinute: number;
  /** What a full bucket holds. */
  burst: number;
  /** What to do while Redis is away: count here by this process's share, or by a tenth of it. */
  whenAway: 'open' | 'closed';
}

/** A request takes one token from each of its buckets, or nothing at all. */
export interface LimitRequest {
  tenantId: string;
  rows: readonly [LimitRow, ...LimitRow[]];
}

export interface Decision {
  allowed: boolean;
  /** The row that refused; the first one where all allowed. The figures are of its bucket. */
  row: LimitRow;
  /** Milliseconds until it may be allowed; 0 where it was. */
  retryAfterMs: number;
  /** What could be taken at once now. */
  remaining: number;
  /** Milliseconds until the bucket is full. */
  resetMs: number;
}
