import { Advance } from './advance';
import type { LimitRow } from './rate-limiter.types';

const row: LimitRow = { bucket: 'sends', subject: 'u:ann', perMinute: 60, burst: 20, whenAway: 'open' };
const secondUs = 1e6;

/** How many tokens in a row are given at this time, none of them confirmed. */
function given(advance: Advance, nowMs: number, ...rows: LimitRow[]): number {
  const [first = row, ...more] = rows;
  const keys = [first, ...more].map(({ bucket }) => bucket);
  let count = 0;
  while (
    count < 1_000 &&
    advance.decide(nowMs, { tenantId: 't', rows: [first, ...more] }, keys, () => count) !== undefined
  ) {
    count += 1;
  }
  return count;
}

function knowing(fullUs: number, ...buckets: string[]): Advance {
  const advance = new Advance();
  for (const bucket of ['sends', ...buckets]) advance.learn(bucket, 0, fullUs);
  return advance;
}

describe('Advance', () => {
  it('gives nothing from a bucket that it has not seen', () => {
    expect(given(new Advance(), 0)).toBe(0);
  });

  it('gives a quarter of a full bucket until that is confirmed', () => {
    expect(given(knowing(0), 0)).toBe(5);
  });

  it('gives what is above three quarters, and more as the bucket fills again', () => {
    const advance = knowing(3 * secondUs);
    expect(given(advance, 0)).toBe(2);
    expect(given(advance, 2_000)).toBe(4);
    expect(given(advance, 60_000)).toBe(5);
    expect(given(knowing(5 * secondUs), 0)).toBe(0);
  });

  it('gives nothing from what is closed while the shared buckets are away, and from buckets of three', () => {
    expect(given(knowing(0), 0, { ...row, whenAway: 'closed' })).toBe(0);
    expect(given(knowing(0), 0, { ...row, burst: 3 })).toBe(0);
  });

  it('gives as much as the emptiest of a request allows', () => {
    const both = [row, { ...row, bucket: 'all', burst: 8 }];
    expect(given(knowing(0, 'all'), 0, ...both)).toBe(2);
    expect(given(knowing(0), 0, ...both)).toBe(0);
  });

  it('tells what is left and when the bucket is full', () => {
    const decision = knowing(secondUs).decide(0, { tenantId: 't', rows: [row] }, ['sends'], () => 0);
    expect(decision).toEqual({ allowed: true, row, retryAfterMs: 0, remaining: 18, resetMs: 2_000 });
  });
});
