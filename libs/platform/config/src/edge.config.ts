import { z } from 'zod';
import { defineConfig, setting } from './setting';

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/ }).refine((origin) => new URL(origin).origin === origin)))
  .transform((list): readonly string[] => list)
  .describe('origins separated by commas, without a path');

/** What the processes that clients reach have in common. */
export const edgeConfig = defineConfig('edge', {
  allowedOrigins: setting({
    env: 'ALLOWED_ORIGINS',
    schema: origins,
    default: [],
    doc: 'Web origins that may call from a browser. Native clients and back ends send no origin and need none.',
    example: 'https://app.example.com,https://admin.example.com',
  }),
  trustedProxies: setting({
    env: 'TRUSTED_PROXIES',
    schema: z.coerce.number().int().min(0).max(10),
    default: 0,
    doc: 'How many proxies of yours stand in front: so many entries of X-Forwarded-For are believed, counted from the end.',
  }),
});
