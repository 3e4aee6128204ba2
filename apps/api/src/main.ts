import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { runProcess } from '@parley/platform/telemetry';
import { apiSections } from './api.config';
import { startApi } from './start-api';

const config = loadConfigOrExit(apiSections);
runProcess({
  name: 'api',
  config,
  start: (log) => startApi(config, log),
  hardStopMs: 10_000,
  fields: { port: config.api.port },
});
