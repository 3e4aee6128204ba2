import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { createLogger, exitWhenParentDies, installProcessGuards } from '@parley/platform/telemetry';
import { apiSections } from './api.config';
import { startApi } from './start-api';

const hardStopMs = 10_000;

const { runtime, ...config } = loadConfigOrExit(apiSections);
const log = createLogger({
  process: 'api',
  level: config.telemetry.logLevel,
  format: config.telemetry.logFormat ?? (runtime.env === 'production' ? 'json' : 'pretty'),
});
const api = startApi(config, log);
// Installed before the start is through: a signal meanwhile waits for it and then closes what was opened.
const guards = installProcessGuards({ log, hardStopMs, shutdown: async () => (await api).close() });
exitWhenParentDies(guards);
api.then(
  () => log.info('process.started', { port: config.api.port }),
  (error: unknown) => {
    log.error('process.start_failed', { error });
    process.exit(1);
  },
);
