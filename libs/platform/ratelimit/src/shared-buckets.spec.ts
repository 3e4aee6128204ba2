import type { Redis } from 'ioredis';
import { SharedBuckets } from './shared-buckets';
import type { LimitRequest } from './rate-limiter.types';

interface Call {
  asked: number;
  /** Of buckets from which tokens were given in advance. */
  charged: number[];
}

/** What a call brings; looks at what is left are left out. */
function readCall(numbers: readonly number[]): Call {
  const call: Call = { asked: 0, charged: [] };
  const [requests = 0, ...rest] = numbers;
  for (let request = 0, at = 0; request < requests; request += 1) {
    const [rows = 0, cost = 0, given = 0] = rest.slice(at);
    if (given === 0) call.asked += 1;
    else if (cost !== 0) call.charged.push(cost);
    at += 3 + 3 * rows;
  }
  return call;
}

function requestOf(tenantId: string): LimitRequest {
  return {
    tenantId,
    rows: [{ bucket: 'sends', subject: 'u:ann', perMinute: 60, burst: 20, whenAway: 'open' }],
  };
}

/** Answers at once that all is allowed and every bucket full, or fails. */
function openBuckets() {
  const calls: Call[] = [];
  const failed: unknown[] = [];
  let away = false;
  const redis = {
    defineCommand: () => undefined,
    takeTokens: (...args: unknown[]): Promise<number[]> => {
      if (away) return Promise.reject(new Error('away'));
      const numbers = JSON.parse(String(args.at(-1))) as number[];
      calls.push(readCall(numbers));
      return Promise.resolve(Array<number>(4 * (numbers[0] ?? 0)).fill(0));
    },
  };
  const buckets = new SharedBuckets(redis as unknown as Redis, 'test:', (error) => failed.push(error));
  let answered = 0;
  const ask = (tenantId: string, count: number): void => {
    for (let i = 0; i < count; i += 1)
      void buckets.take(requestOf(tenantId), 1).then(
        () => (answered += 1),
        () => undefined,
      );
  };
  const given = (tenantId: string, count: number): number =>
    Array.from({ length: count }, () => buckets.takeInAdvance(requestOf(tenantId))).filter(Boolean).length;
  const goAway = (): void => {
    away = true;
  };
  return { buckets, ask, given, goAway, calls, failed, answered: () => answered };
}

const asked = (...counts: number[]): Call[] => counts.map((count) => ({ asked: count, charged: [] }));

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
    expect([calls, answered()]).toEqual([asked(1), 1]);
    await jest.advanceTimersByTimeAsync(2);
    ask('quiet', 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([calls, answered()]).toEqual([asked(1, 1), 2]);
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
    expect(calls).toEqual(asked(20, 3));
    // The fake clock has the end of the turn, when the call goes out, a millisecond later.
    await jest.advanceTimersByTimeAsync(2);
    expect(calls).toEqual(asked(20, 3, 2));
  });

  describe('what is given in advance', () => {
    it('begins with the first answer, and is charged 25 ms later, all of a bucket as one', async () => {
      const { ask, given, calls } = openBuckets();
      expect(given('busy', 1)).toBe(0);
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      expect(given('busy', 3)).toBe(3);
      await jest.advanceTimersByTimeAsync(24);
      expect(calls).toEqual(asked(1));
      await jest.advanceTimersByTimeAsync(2);
      expect(calls).toEqual([...asked(1), { asked: 0, charged: [3] }]);
    });

    it('is a quarter of a bucket until it is charged', async () => {
      const { ask, given } = openBuckets();
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      expect(given('busy', 9)).toBe(5);
      await jest.advanceTimersByTimeAsync(30);
      expect(given('busy', 9)).toBe(5);
    });

    it('is charged before those who ask are judged', async () => {
      const { ask, given, calls } = openBuckets();
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      given('busy', 5);
      ask('busy', 2);
      await jest.advanceTimersByTimeAsync(2);
      expect(calls).toEqual([...asked(1), { asked: 2, charged: [5] }]);
    });

    it('is nothing while somebody still waits for that bucket: nobody overtakes', async () => {
      const { ask, given } = openBuckets();
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      ask('busy', 1);
      expect(given('busy', 1)).toBe(0);
      await jest.advanceTimersByTimeAsync(5);
      expect(given('busy', 1)).toBe(1);
    });

    it('comes back with what is given back', async () => {
      const { ask, given, buckets, calls } = openBuckets();
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      expect(given('busy', 5)).toBe(5);
      buckets.giveBack(requestOf('busy'));
      expect(given('busy', 2)).toBe(1);
      await jest.advanceTimersByTimeAsync(30);
      expect(calls.at(-1)).toEqual({ asked: 0, charged: [5] });
    });

    it('tells of a charge that failed, and gives nothing more once all is abandoned', async () => {
      const { ask, given, goAway, failed, buckets } = openBuckets();
      ask('busy', 1);
      await jest.advanceTimersByTimeAsync(5);
      given('busy', 1);
      goAway();
      await jest.advanceTimersByTimeAsync(30);
      expect(failed).toHaveLength(1);
      buckets.abandon(failed[0]);
      expect(given('busy', 1)).toBe(0);
    });
  });
});
