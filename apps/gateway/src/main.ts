import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { createLogger, exitWhenParentDies, installProcessGuards } from '@parley/platform/telemetry';
import { gatewaySections } from './gateway.config';
import { startGateway } from './start-gateway';

/** What the end may take beyond the drain, in milliseconds. */
const closingMs = 10_000;

const config = loadConfigOrExit(gatewaySections);
const log = createLogger({
  process: 'gateway',
  level: config.telemetry.logLevel,
  format: config.telemetry.logFormat ?? (config.runtime.env === 'production' ? 'json' : 'pretty'),
});
const gateway = startGateway(config, log);
// Installed before the start is through: a signal meanwhile waits for it and then closes what was opened.
const guards = installProcessGuards({
  log,
  hardStopMs: config.gateway.drainMs + closingMs,
  shutdown: async () => (await gateway).close(),
});
exitWhenParentDies(guards);
gateway.then(
  () => log.info('process.started', { port: config.gateway.port }),
  (error: unknown) => {
    log.error('process.start_failed', { error });
    process.exit(1);
  },
);
