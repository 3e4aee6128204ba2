import { Metrics } from '@parley/platform/telemetry';
import { Overload } from './overload';

function fed(...p99s: number[]): Overload {
  const overload = new Overload(new Metrics('test'), { watch: false });
  for (const p99 of p99s) overload.sample(p99);
  return overload;
}

describe('Overload (F37)', () => {
  it('is a loop that stays late, not one that was late once', () => {
    expect(fed(900, 900, 900, 900, 900).isOverloaded).toBe(false);
    expect(fed(900, 900, 900, 10, 900, 900, 900).isOverloaded).toBe(false);
    expect(fed(900, 900, 900, 900, 900, 900).isOverloaded).toBe(true);
  });

  it('ends with the first half second in time', () => {
    expect(fed(900, 900, 900, 900, 900, 900, 900, 10).isOverloaded).toBe(false);
  });

  it('spreads those who are to come back', () => {
    const overload = fed();
    const waits = new Set(Array.from({ length: 50 }, () => overload.retryAfterMs()));
    expect(waits.size).toBeGreaterThan(10);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
  });
});
