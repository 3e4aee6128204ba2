import { runtimeConfig, type AppConfiguration } from '@parley/platform/config';
import { databaseConfig } from '@parley/platform/database';
import { outboxConfig } from '@parley/platform/outbox';
import { queueConfig } from '@parley/platform/queue';
import { redisConfig } from '@parley/platform/redis';
import { telemetryConfig } from '@parley/platform/telemetry';

export const workerSections = [
  runtimeConfig,
  telemetryConfig,
  databaseConfig,
  redisConfig,
  queueConfig,
  outboxConfig,
] as const;

/** The settings that the worker reads. */
export const workerConfiguration: AppConfiguration = { app: 'worker', sections: workerSections };
