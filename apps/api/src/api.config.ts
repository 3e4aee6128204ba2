import { z } from 'zod';
import {
  defineConfig,
  edgeConfig,
  runtimeConfig,
  setting,
  type AppConfiguration,
} from '@parley/platform/config';
import { authConfig } from '@parley/platform/auth';
import { databaseConfig } from '@parley/platform/database';
import { redisConfig } from '@parley/platform/redis';
import { telemetryConfig } from '@parley/platform/telemetry';
import { bootstrapConfig, featuresConfig } from '@parley/domain/tenants';

/** Where REST is served. */
export const apiConfig = defineConfig('api', {
  host: setting({
    env: 'API_HOST',
    schema: z.string(),
    default: '127.0.0.1',
    doc: 'The address that REST listens on; 0.0.0.0 in a container.',
  }),
  port: setting({
    env: 'API_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 3001,
    doc: 'The port of REST; 0 takes any free one.',
  }),
});

export const apiSections = [
  runtimeConfig,
  telemetryConfig,
  apiConfig,
  edgeConfig,
  databaseConfig,
  redisConfig,
  authConfig,
  featuresConfig,
  bootstrapConfig,
] as const;

/** The settings that the api reads. */
export const apiConfiguration: AppConfiguration = { app: 'api', sections: apiSections };
