import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { createLogger, exitWhenParentDies, installProcessGuards } from '@parley/platform/telemetry';
import { createWorker } from './create-worker';
import { workerSections } from './worker.config';

const hardStopMs = 10_000;

const { runtime, ...config } = loadConfigOrExit(workerSections);
const log = createLogger({
  process: 'worker',
  level: config.telemetry.logLevel,
  format: config.telemetry.logFormat ?? (runtime.env === 'production' ? 'json' : 'pretty'),
});
const worker = createWorker(config, log);
// Installed before the start is through: a signal meanwhile waits for it and then closes what was opened.
const guards = installProcessGuards({ log, hardStopMs, shutdown: async () => (await worker).close() });
exitWhenParentDies(guards);
worker.then(
  () => log.info('process.started'),
  (error: unknown) => {
    log.error('process.start_failed', { error });
    process.exit(1);
  },
);
