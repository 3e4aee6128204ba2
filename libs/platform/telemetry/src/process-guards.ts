import type { Log } from './log/log';

export interface ProcessGuardOptions {
  log: Log;
  /** Closes the app: stops taking work and finishes what it has. */
  shutdown: () => Promise<void>;
  /** How long `shutdown` may take after a signal, in milliseconds. */
  hardStopMs: number;
  /** The process to guard; a test passes its own. */
  target?: Pick<NodeJS.Process, 'on' | 'exit' | 'connected'>;
}

export interface ProcessGuards {
  /** Shuts down and exits with 0; later calls change nothing. */
  stop(reason: string): void;
}

/** How long a process may still work after it failed in a way that nobody foresaw (F39), in milliseconds. */
const drainAfterFailureMs = 5_000;

/**
 * The last resort of a process. An error that nobody caught is logged, the process drains for at most five seconds and
 * exits with 1; SIGTERM and SIGINT shut it down in order. The first of them decides: npm and a terminal both deliver
 * Ctrl-C, so that a second signal says nothing new.
 */
export function installProcessGuards(options: ProcessGuardOptions): ProcessGuards {
  const { log, shutdown, hardStopMs, target = process } = options;
  let stopping = false;

  const finish = async (exitCode: number, limitMs: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const hardStop = setTimeout(() => {
      log.error('process.hard_stop', { limitMs });
      target.exit(1);
    }, limitMs);
    try {
      await shutdown();
      log.info('process.stopped');
    } catch (error) {
      log.error('process.shutdown_failed', { error });
      exitCode = 1;
    }
    clearTimeout(hardStop);
    target.exit(exitCode);
  };
  const fail = (event: string) => (error: unknown) => {
    log.error(event, { error });
    void finish(1, drainAfterFailureMs);
  };
  const stop = (reason: string): void => {
    if (!stopping) log.info('process.stopping', { reason });
    void finish(0, hardStopMs);
  };

  target.on('uncaughtException', fail('process.uncaught_exception'));
  target.on('unhandledRejection', fail('process.unhandled_rejection'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) target.on(signal, stop);
  return { stop };
}

/** For a process that a launcher started with a channel: when the launcher is gone, however that came, it stops too. */
export function exitWhenParentDies(
  guards: ProcessGuards,
  target: Pick<NodeJS.Process, 'on' | 'connected'> = process,
): void {
  if (target.connected) target.on('disconnect', () => guards.stop('the launcher is gone'));
}
