import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

/** How jobs are made from the outbox. */
export const outboxConfig = defineConfig('outbox', {
  requeueMs: setting({
    env: 'OUTBOX_REQUEUE_MS',
    schema: z.coerce.number().int().min(1_000).max(3_600_000),
    default: 300_000,
    doc: 'A job that did not finish in this time, in milliseconds, is added again: it may have been lost with Redis.',
  }),
});
