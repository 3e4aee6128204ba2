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
import { featuresConfig } from '@parley/domain/tenants';

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
  socketsPerAddress: setting({
    env: 'SOCKETS_PER_ADDRESS',
    schema: z.coerce.number().int().min(1).max(1_000_000),
    default: 2_000,
    doc: 'Connections that one client address may have on one gateway. An office behind one address needs room; see TRUSTED_PROXIES.',
  }),
  handshakesPerAddress: setting({
    env: 'HANDSHAKES_PER_ADDRESS',
    schema: z.coerce.number().int().min(1).max(1_000_000),
    default: 200,
    doc: 'New connections a second from one client address, after SOCKETS_PER_ADDRESS at once.',
  }),
  handshakesMax: setting({
    env: 'HANDSHAKES_MAX',
    schema: z.coerce.number().int().min(1).max(1_000_000),
    default: 1_000,
    doc: 'Connections whose tokens are verified at the same time; others are told to come back.',
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
  featuresConfig,
] as const;

/** The settings that the gateway reads. */
export const gatewayConfiguration: AppConfiguration = { app: 'gateway', sections: gatewaySections };
