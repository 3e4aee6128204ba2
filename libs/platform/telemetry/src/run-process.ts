import { collectOnceAtRest } from './garbage-collection';
import { helperThreadsYield } from './helper-threads';
import { createLogger, type Log, type LogFields } from './log/log';
import { exitWhenParentDies, installProcessGuards } from './process-guards';

export interface RunProcessOptions {
  name: 'api' | 'gateway' | 'worker';
  config: {
    runtime: { env: string };
    telemetry: { logLevel: 'error' | 'warn' | 'info' | 'debug'; logFormat?: 'json' | 'pretty' | undefined };
  };
  /** Resolves when the process serves; its `close` ends that in order. */
  start: (log: Log) => Promise<{ close: () => Promise<void> }>;
  /** How long the end may take after a signal, in milliseconds. */
  hardStopMs: number;
  /** Written with the line that says that it serves. */
  fields?: LogFields;
}

/** One of the product's processes from its start to its end: log, guards, and an exit code that says how it went. */
export function runProcess({ name, config, start, hardStopMs, fields }: RunProcessOptions): void {
  collectOnceAtRest();
  helperThreadsYield();
  const log = createLogger({
    process: name,
    level: config.telemetry.logLevel,
    format: config.telemetry.logFormat ?? (config.runtime.env === 'production' ? 'json' : 'pretty'),
  });
  const app = start(log);
  // Installed before the start is through: a signal meanwhile waits for it and then closes what was opened.
  const guards = installProcessGuards({ log, hardStopMs, shutdown: async () => (await app).close() });
  exitWhenParentDies(guards);
  app.then(
    () => log.info('process.started', fields),
    (error: unknown) => {
      log.error('process.start_failed', { error });
      process.exit(1);
    },
  );
}
