import { z } from 'zod';
import { authConfig } from '@parley/platform/auth';
import {
  defineConfig,
  edgeConfig,
  runtimeConfig,
  setting,
  type AppConfiguration,
} from '@parley/platform/config';
import { databaseConfig } from '@parley/platform/database';
import { redisConfig } from '@parley/platform/redis';
import { telemetryConfig } from '@parley/platform/telemetry';

/** Where sockets are served, and how they end. */
export const gatewayConfig = defineConfig('gateway', {
  host: setting({
    env: 'GATEWAY_HOST',
    schema: z.string(),
    default: '127.0.0.1',
    doc: 'The address that the gateway listens on; 0.0.0.0 in a container.',
  }),
  port: setting({
    env: 'GATEWAY_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 3002,
    doc: 'The port of sockets; 0 takes any free one.',
  }),
  drainMs: setting({
    env: 'DRAIN_MS',
    schema: z.coerce.number().int().min(0).max(600_000),
    default: 30_000,
    doc: 'Milliseconds that clients get to move to another gateway before this one ends.',
  }),
});

export const gatewaySections = [
  runtimeConfig,
  telemetryConfig,
  gatewayConfig,
  edgeConfig,
  databaseConfig,
  redisConfig,
  authConfig,
] as const;

/** The settings that the gateway reads. */
export const gatewayConfiguration: AppConfiguration = { app: 'gateway', sections: gatewaySections };
