import 'reflect-metadata';
import { constants, setPriority } from 'node:os';
import { loadConfigOrExit } from '@parley/platform/config';
import { runProcess } from '@parley/platform/telemetry';
import { createWorker } from './create-worker';
import { workerSections } from './worker.config';

// On a machine that it shares, what can wait lets gateways and api go first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const config = loadConfigOrExit(workerSections);
runProcess({ name: 'worker', config, start: (log) => createWorker(config, log), hardStopMs: 10_000 });
