import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { Log } from '@parley/platform/telemetry';
import { WorkerModule, type WorkerConfig } from './worker.module';

/** The worker, working: its internal port answers. Close it to end it. */
export function createWorker(config: WorkerConfig, log: Log): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(WorkerModule.forRoot(config, log), {
    logger: log.forNest(),
    // The caller reports a failed start; Nest would end the process before the log is written.
    abortOnError: false,
  });
}
