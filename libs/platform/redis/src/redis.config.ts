import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

/** Where the Redis of the live part is. */
export const redisConfig = defineConfig('redis', {
  url: setting({
    env: 'REDIS_URL',
    schema: z.url({ protocol: /^rediss?$/ }),
    optional: true,
    secret: true,
    doc: 'Redis for everything live. Without it gateways hear of each other through PostgreSQL, up to seconds later; nothing is lost.',
    example: 'redis://:PASSWORD@redis:6379',
  }),
  channelPrefix: setting({
    env: 'REDIS_CHANNEL_PREFIX',
    schema: z.string().max(64),
    default: 'parley:',
    doc: 'Beginning of the names of channels and limits: give each installation its own when several share one Redis.',
  }),
});
