import { backoffMs } from './backoff';

describe('backoffMs (F26)', () => {
  it('spreads over the whole interval, whose bound doubles from 1 s to 30 s', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 50, 5_000].map((attempt) => backoffMs(attempt, () => 0.999_999));
    expect(bounds).toEqual([999, 1_999, 3_999, 7_999, 15_999, 29_999, 29_999, 29_999, 29_999]);
    expect(backoffMs(9, () => 0)).toBe(0);
  });
});
