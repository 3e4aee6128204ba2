import { Backoff } from './backoff';

describe('the pause before a process is started again', () => {
  it('doubles from 100 ms to 10 s', () => {
    const backoff = new Backoff();
    expect(Array.from({ length: 9 }, () => backoff.next(500))).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000,
    ]);
  });

  it('begins anew after half a minute of calm', () => {
    const backoff = new Backoff();
    backoff.next(0);
    backoff.next(0);
    expect(backoff.next(30_000)).toBe(100);
    expect(backoff.next(0)).toBe(200);
  });
});
