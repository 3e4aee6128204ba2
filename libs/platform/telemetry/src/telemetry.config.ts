import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

/** What a process tells about itself: its log, and the internal port with metrics and health. */
export const telemetryConfig = defineConfig('telemetry', {
  logLevel: setting({
    env: 'LOG_LEVEL',
    schema: z.enum(['error', 'warn', 'info', 'debug']),
    default: 'info',
    doc: 'The least important lines that are still written.',
  }),
  logFormat: setting({
    env: 'LOG_FORMAT',
    schema: z.enum(['json', 'pretty']),
    optional: true,
    doc: 'json for machines, pretty for people; json in production and pretty elsewhere when not set.',
  }),
  internalHost: setting({
    env: 'INTERNAL_HOST',
    schema: z.string(),
    default: '127.0.0.1',
    doc: 'The address of /metrics and /health/*. Never open it to the internet.',
  }),
  internalPort: setting({
    env: 'INTERNAL_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 9464,
    doc: 'The port of /metrics and /health/*, one per process; 0 takes any free one.',
  }),
});
