import { defaultTenantFeatures } from '@parley/contracts/wire';
import { changedFeatures, completeFeatures, ownFeatures } from './tenant-features';

describe('features of a tenant', () => {
  it('what cannot be read counts as not decided', () => {
    for (const settings of [
      null,
      {},
      { features: null },
      { features: [] },
      { features: { aiFeedback: 'yes', other: true } },
    ])
      expect(ownFeatures(settings)).toEqual({});
    expect(ownFeatures({ features: { aiFeedback: false, __proto__: true } })).toEqual({ aiFeedback: false });
  });

  it('a decision wins over the default, in both directions', () => {
    const defaults = { ...defaultTenantFeatures, aiFeedback: true };
    expect(completeFeatures({}, defaults)).toEqual(defaults);
    expect(completeFeatures({ aiFeedback: false, conversationInsights: true }, defaults)).toEqual({
      realtimeCollaboration: false,
      aiFeedback: false,
      conversationInsights: true,
    });
  });

  it('absent stays, null takes a decision back', () => {
    const own = { aiFeedback: true, conversationInsights: true };
    expect(changedFeatures(own, { aiFeedback: undefined })).toEqual(own);
    expect(changedFeatures(own, { aiFeedback: null, realtimeCollaboration: false })).toEqual({
      conversationInsights: true,
      realtimeCollaboration: false,
    });
  });
});
