import { Latency } from './latency';
import { compareMarks } from './merge';

describe('the merged figures of several generators', () => {
  it('take percentiles of all latencies together, not averages of percentiles', () => {
    const quick = new Latency();
    const slow = new Latency();
    for (let count = 0; count < 990; count += 1) quick.record(1_000);
    for (let count = 0; count < 10; count += 1) slow.record(500_000);
    const { count, p50, p99, max } = Latency.merge([quick.encode(), slow.encode()]).summary();
    expect(count).toBe(1_000);
    expect(p50).toBeCloseTo(1, 1);
    expect(p99).toBeCloseTo(1, 1);
    expect(max).toBeGreaterThan(499);
  });

  it('compare what each connection got with what all processes together had acked', () => {
    const acked: [string, number, number][] = [
      ['a', 2, 10],
      ['a', 1, 5],
    ];
    expect(compareMarks(acked, [['a', 3, 15]])).toEqual({ lost: 0, mixedUp: 0 });
    expect(compareMarks(acked, [['a', 1, 5]])).toEqual({ lost: 2, mixedUp: 0 });
    expect(compareMarks(acked, [['a', 3, 16]])).toEqual({ lost: 0, mixedUp: 1 });
  });
});
