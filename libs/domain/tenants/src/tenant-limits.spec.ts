import { defaultTenantLimits } from '@parley/contracts/wire';
import { changedLimits, completeLimits, ownLimits } from './tenant-limits';

const fast = { perMinute: 600, burst: 60 };
const slow = { perMinute: 6, burst: 1 };

describe('the limits of a tenant', () => {
  it('are its own, and the defaults where it has none', () => {
    expect(completeLimits(ownLimits({ limits: { messages: fast } }))).toEqual({
      ...defaultTenantLimits,
      messages: fast,
    });
  });

  it.each([
    undefined,
    null,
    {},
    { limits: null },
    { limits: { messages: 'fast' } },
    { limits: { messages: { perMinute: 0, burst: 1 } } },
    { limits: { messages: { perMinute: 1e12, burst: 1 } } },
    { limits: { unknown: fast, __proto__: fast, socketsPerUser: -1 } },
  ])('are never missing, whatever is stored: %j', (settings) => {
    expect(completeLimits(ownLimits(settings))).toEqual(defaultTenantLimits);
  });

  it('change one by one', () => {
    const own = changedLimits(
      { reads: fast, writes: fast },
      { writes: slow, messages: fast, reads: undefined },
    );
    expect(own).toEqual({ reads: fast, writes: slow, messages: fast });
  });
});
