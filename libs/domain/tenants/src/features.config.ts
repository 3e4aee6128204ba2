import { z } from 'zod';
import { defaultTenantFeatures } from '@parley/contracts/wire';
import { defineConfig, setting } from '@parley/platform/config';

const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .describe('true or false');

/** What tenants offer their users that have not decided themselves. */
export const featuresConfig = defineConfig('features', {
  realtimeCollaboration: setting({
    env: 'FEATURE_REALTIME_COLLABORATION',
    schema: flag,
    default: defaultTenantFeatures.realtimeCollaboration,
    doc: 'Working on one thing together, for tenants that have not decided.',
  }),
  aiFeedback: setting({
    env: 'FEATURE_AI_FEEDBACK',
    schema: flag,
    default: defaultTenantFeatures.aiFeedback,
    doc: 'Answers by a language model, for tenants that have not decided.',
  }),
  conversationInsights: setting({
    env: 'FEATURE_CONVERSATION_INSIGHTS',
    schema: flag,
    default: defaultTenantFeatures.conversationInsights,
    doc: 'Summaries and figures about conversations, for tenants that have not decided.',
  }),
});
