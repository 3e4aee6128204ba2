import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError, errorCode } from './embedded.error';
import { commandLine, delay, endProcess } from './processes';

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
export const postgresStopSteps = [
  { signal: 'SIGINT', waitMs: 15_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

const reapedWithinMs = 5_000;

/**
 * Clears what a start before this one left in the data folder: ends its PostgreSQL when that still runs, and removes a
 * `postmaster.pid` that is damaged or names a process that is something else, because PostgreSQL itself would refuse to start on both.
 * A process is signalled only when its command line says that it is the PostgreSQL of this very folder.
 */
export async function clearLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (pid !== null && isPostgresOf(pid, dataDir)) {
    if (!(await endProcess(pid, postgresStopSteps))) {
      throw new EmbeddedError(
        `PostgreSQL of an earlier start (process ${pid}) still runs in ${dataDir} and cannot be ended: end it first.`,
      );
    }
    return;
  }
  // A file whose process is gone stays: PostgreSQL uses it to find backends that outlived a crash.
  if (pid === null || commandLine(pid) !== null || !(await isReaped(pid))) rmSync(pidFile, { force: true });
}

/**
 * A process that ended keeps its number until its parent has asked how: PostgreSQL would take it for running. Waits for a
 * moment, in which the backends that outlived it end too.
 */
async function isReaped(pid: number): Promise<boolean> {
  const deadline = Date.now() + reapedWithinMs;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return true;
    }
    await delay(20);
  }
  return false;
}

/** The pid in the file, null when the content is damaged, undefined without a file. */
export function readPid(pidFile: string): number | null | undefined {
  try {
    const first = readFileSync(pidFile, 'utf8').split('\n')[0] ?? '';
    return /^\d{1,10}$/.test(first) ? Number(first) : null;
  } catch {
    return undefined;
  }
}

function isPostgresOf(pid: number, dataDir: string): boolean {
  const words = (commandLine(pid) ?? '').split(' -D ');
  const [program = '', rest = ''] = words;
  const real = realpathSync(dataDir);
  return (
    /(^|\/)(postgres|postmaster)$/.test(program.split(' ')[0] ?? '') &&
    (rest === real || rest.startsWith(`${real} `))
  );
}
