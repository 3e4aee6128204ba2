import 'reflect-metadata';
import { constants, setPriority } from 'node:os';
import { loadConfigOrExit } from '@parley/platform/config';
import { collectSeldom, runProcess } from '@parley/platform/telemetry';
import { createWorker } from './create-worker';
import { workerSections } from './worker.config';

// On a machine that it shares, what can wait lets gateways and api go first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
// A priority holds within a session or a container alone: a collection of 50 ms kept everybody else waiting.
collectSeldom();
const config = loadConfigOrExit(workerSections);
runProcess({ name: 'worker', config, start: (log) => createWorker(config, log), hardStopMs: 10_000 });
