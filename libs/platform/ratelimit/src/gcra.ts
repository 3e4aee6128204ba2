/** A bucket's speed and size. */
export interface Flow {
  /** Microseconds for one token; whole, so that a full bucket holds exactly `burst`. */
  intervalUs: number;
  burst: number;
}

/** What a bucket says to a request, in microseconds. */
export interface Taken {
  /** When the bucket will be full (the theoretical arrival time): its whole state. */
  fullAt: number;
  /** 0 where the tokens were taken. */
  waitUs: number;
  remaining: number;
}

export function flowOf(perMinute: number, burst: number): Flow {
  return { intervalUs: Math.max(1, Math.round(60_000_000 / perMinute)), burst };
}

/** Milliseconds of a clock as microseconds. A fraction would make a full bucket a hair too small for its burst. */
export function wholeUs(ms: number): number {
  return Math.floor(ms * 1_000);
}

/** Takes `cost` tokens at `now`; a negative cost gives them back. `takeTokens` (Lua) is the same for all processes. */
export function take(fullAt: number, now: number, cost: number, { intervalUs, burst }: Flow): Taken {
  const size = burst * intervalUs;
  // It owes more than it can: another limit left it so, or a clock that was set back. The present limit starts with a full one.
  const before = fullAt > now + 2 * size ? now : Math.max(fullAt, now);
  const after = Math.max(before + cost * intervalUs, now);
  const waitUs = cost > 0 ? Math.max(0, after - now - size) : 0;
  const kept = waitUs > 0 ? before : after;
  return { fullAt: kept, waitUs, remaining: Math.max(0, Math.floor((size - (kept - now)) / intervalUs)) };
}
