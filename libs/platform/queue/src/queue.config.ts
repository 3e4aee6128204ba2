import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

/** Where the jobs wait. */
export const queueConfig = defineConfig('queue', {
  url: setting({
    env: 'REDIS_QUEUE_URL',
    schema: z.url({ protocol: /^rediss?$/ }),
    optional: true,
    secret: true,
    doc: 'Redis for jobs, with maxmemory-policy noeviction; REDIS_URL when not set. Without either, jobs wait in PostgreSQL.',
    example: 'redis://:PASSWORD@redis-queue:6379',
  }),
  lockMs: setting({
    env: 'QUEUE_LOCK_MS',
    schema: z.coerce.number().int().min(1_000).max(300_000),
    default: 30_000,
    doc: 'How long a job is left to a worker that no longer answers, in milliseconds.',
  }),
});
