import { LocalBucket } from './local-bucket';
import { LocalBuckets } from './local-buckets';
import type { LimitRow } from './rate-limiter.types';

const row: LimitRow = { bucket: 'sends', subject: 'u:ann', perMinute: 1, burst: 1, whenAway: 'open' };
const alone = { nodes: 1, closedBy: 1 };

describe('buckets of one process', () => {
  it('hold their burst at whatever fraction of a millisecond it is', () => {
    for (let ms = 0; ms < 1_000; ms += 1) {
      const now = 4_711.123456789 + ms * 1_234.56789;
      expect(new LocalBuckets().take(now, 't', [row], 1, alone).allowed).toBe(true);
      expect(new LocalBucket().take(now, 1, 1)).toBe(0);
    }
  });

  it('give each process its share, at least one token', () => {
    const allowed = (
      burst: number,
      share: { nodes: number; closedBy: number },
      whenAway = row.whenAway,
    ): number => {
      const buckets = new LocalBuckets();
      const asked = Array.from({ length: 200 }, () =>
        buckets.take(0, 't', [{ ...row, burst, whenAway }], 1, share),
      );
      return asked.filter((decision) => decision.allowed).length;
    };
    expect(allowed(120, { nodes: 3, closedBy: 10 })).toBe(40);
    expect(allowed(120, { nodes: 3, closedBy: 10 }, 'closed')).toBe(4);
    expect(allowed(2, { nodes: 5, closedBy: 10 }, 'closed')).toBe(1);
  });
});
