import { runtimeConfig, type AppConfiguration } from '@parley/platform/config';
import { databaseConfig } from '@parley/platform/database';
import { telemetryConfig } from '@parley/platform/telemetry';

export const workerSections = [runtimeConfig, telemetryConfig, databaseConfig] as const;

/** The settings that the worker reads. */
export const workerConfiguration: AppConfiguration = { app: 'worker', sections: workerSections };
