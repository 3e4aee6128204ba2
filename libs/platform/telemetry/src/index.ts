export { collectSeldom } from './garbage-collection';
export {
  Health,
  healthStatusCode,
  type HealthCheck,
  type HealthReport,
  type PublicHealth,
} from './health/health';
export { InternalServer, type InternalServerOptions } from './health/internal-server';
export { Log, createLogger, type LogFields, type LoggerOptions } from './log/log';
export { Metrics } from './metrics';
export { runProcess } from './run-process';
export type { RequestActorIds } from './request-context';
export { RequestTelemetry } from './request-telemetry';
export { telemetryConfig } from './telemetry.config';
export { TelemetryModule, type TelemetryOptions } from './telemetry.module';
