import 'reflect-metadata';
import { loadConfigOrExit } from '@parley/platform/config';
import { runProcess } from '@parley/platform/telemetry';
import { createWorker } from './create-worker';
import { workerSections } from './worker.config';

const config = loadConfigOrExit(workerSections);
runProcess({ name: 'worker', config, start: (log) => createWorker(config, log), hardStopMs: 10_000 });
