import type { Redis } from 'ioredis';
import { SharedBuckets } from './shared-buckets';
import type { LimitRequest } from './rate-limiter.types';

/** Answers at once that all is allowed, and tells how many requests each call brought. */
function openBuckets() {
  const calls: number[] = [];
  const redis = {
    defineCommand: () => undefined,
    takeTokens: (...args: unknown[]): Promise<number[]> => {
      const [count = 0] = JSON.parse(String(args.at(-1))) as number[];
      calls.push(count);
      return Promise.resolve(Array<number>(4 * count).fill(0));
    },
  };
  const buckets = new SharedBuckets(redis as unknown as Redis, 'test:');
  let answered = 0;
  const ask = (tenantId: string, count: number): void => {
    const request: LimitRequest = {
      tenantId,
      rows: [{ bucket: 'sends', subject: 'u:ann', perMinute: 60, burst: 10, whenAway: 'open' }],
    };
    for (let i = 0; i < count; i += 1) void buckets.take(request, 1).then(() => (answered += 1));
  };
  return { ask, calls, answered: () => answered };
}

describe('SharedBuckets', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks at once for a tenant that asks nothing else', async () => {
    const { ask, calls, answered } = openBuckets();
    ask('quiet', 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([calls, answered()]).toEqual([[1], 1]);
    await jest.advanceTimersByTimeAsync(2);
    ask('quiet', 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([calls, answered()]).toEqual([[1, 1], 2]);
  });

  it('gathers what a busy tenant asks, for up to 4 ms, and lets no other wait for it', async () => {
    const { ask, calls } = openBuckets();
    ask('busy', 20);
    await jest.advanceTimersByTimeAsync(0);
    ask('busy', 1);
    await jest.advanceTimersByTimeAsync(3);
    ask('busy', 1);
    ask('other', 3);
    await jest.advanceTimersByTimeAsync(0);
    expect(calls).toEqual([20, 3]);
    // The fake clock has the end of the turn, when the call goes out, a millisecond later.
    await jest.advanceTimersByTimeAsync(2);
    expect(calls).toEqual([20, 3, 2]);
  });
});
