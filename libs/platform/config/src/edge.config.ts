import { z } from 'zod';
import { originPattern } from '@parley/contracts/wire';
import { defineConfig, setting } from './setting';

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(z.array(z.string().regex(originPattern)))
  .transform((list): readonly string[] => list)
  .describe('origins separated by commas, without a path');

/** What the processes that clients reach have in common. */
export const edgeConfig = defineConfig('edge', {
  allowedOrigins: setting({
    env: 'CORS_ORIGIN',
    schema: origins,
    default: [],
    doc: 'Web origins whose pages may call, where a tenant has no list of its own; * stands for one label. Native clients and back ends send no origin and need none.',
    example: 'https://app.example.com,https://admin.example.com',
  }),
  trustedProxies: setting({
    env: 'TRUSTED_PROXIES',
    schema: z.coerce.number().int().min(0).max(10),
    default: 0,
    doc: 'How many proxies of yours stand in front: so many entries of X-Forwarded-For are believed, counted from the end.',
  }),
});
