import fc from 'fast-check';
import { flowOf, take } from './gcra';

const second = 1_000_000;

describe('a bucket', () => {
  it('gives its burst at once, then one token per interval', () => {
    const flow = flowOf(60, 3);
    let fullAt = 0;
    const remaining = [0, 0, 0].map(() => {
      const taken = take(fullAt, 0, 1, flow);
      fullAt = taken.fullAt;
      return taken.remaining;
    });
    expect(remaining).toEqual([2, 1, 0]);
    expect(take(fullAt, 0, 1, flow)).toEqual({ fullAt, waitUs: second, remaining: 0 });
    expect(take(fullAt, second - 1, 1, flow).waitUs).toBe(1);
    expect(take(fullAt, second, 1, flow).waitUs).toBe(0);
  });

  it('takes back what was given, and never holds more than its burst', () => {
    const flow = flowOf(60, 3);
    const { fullAt } = take(0, 0, 1, flow);
    expect(take(fullAt, 0, -1, flow).remaining).toBe(3);
    expect(take(0, 0, -1, flow).remaining).toBe(3);
  });

  it('pays what it owes before it gives again', () => {
    expect(take(5 * second, 0, 1, flowOf(60, 3))).toEqual({
      fullAt: 5 * second,
      waitUs: 3 * second,
      remaining: 0,
    });
  });

  it('starts full when another limit left it owing more than this one can', () => {
    const { fullAt } = take(0, 0, 1, flowOf(1, 1));
    expect(take(fullAt, 0, 1, flowOf(60, 3))).toEqual({ fullAt: second, waitUs: 0, remaining: 2 });
  });

  it('never lets more through than burst + rate × time, however requests come', () => {
    const input = fc.record({
      perMinute: fc.integer({ min: 1, max: 100_000 }),
      burst: fc.integer({ min: 1, max: 100 }),
      gaps: fc.array(fc.integer({ min: 0, max: 2 * second }), { minLength: 1, maxLength: 200 }),
    });
    fc.assert(
      fc.property(input, ({ perMinute, burst, gaps }) => {
        const flow = flowOf(perMinute, burst);
        let [fullAt, now, allowed] = [0, 0, 0];
        for (const gap of gaps) {
          now += gap;
          const taken = take(fullAt, now, 1, flow);
          fullAt = taken.fullAt;
          if (taken.waitUs === 0) allowed += 1;
          else expect(take(fullAt, now + taken.waitUs, 1, flow).waitUs).toBe(0);
        }
        expect(allowed).toBeLessThanOrEqual(burst + now / flow.intervalUs);
      }),
    );
  });
});
