import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { collectSeldom, runProcess } from '@parley/platform/telemetry';
import { gatewaySections } from './gateway.config';
import { startGateway } from './start-gateway';

/** What the end may take beyond the drain, in milliseconds. */
const closingMs = 10_000;

collectSeldom();
const config = loadConfigOrExit(gatewaySections);
runProcess({
  name: 'gateway',
  config,
  start: (log) => startGateway(config, log),
  hardStopMs: config.gateway.drainMs + closingMs,
  fields: { port: config.gateway.port },
});
