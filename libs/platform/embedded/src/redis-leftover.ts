import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from './embedded.error';
import { endProcess, processIdentity } from './processes';

export const redisStopSteps = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/** Notes which process serves this folder. Redis' own pid file would say the number alone, which may be somebody else's by then. */
export function recordRedis(dataDir: string, pid: number): void {
  writeFileSync(recordFile(dataDir), JSON.stringify({ pid, identity: processIdentity(pid) }));
}

/** Ends a Redis that an earlier start left alive in this folder; signals only the very process that was recorded. */
export async function clearRedisLeftover(dataDir: string): Promise<void> {
  const recorded = readRecord(dataDir);
  if (
    recorded &&
    processIdentity(recorded.pid) === recorded.identity &&
    !(await endProcess(recorded.pid, redisStopSteps))
  ) {
    throw new EmbeddedError(
      `Redis of an earlier start (process ${recorded.pid}) still runs in ${dataDir} and cannot be ended: end it first.`,
    );
  }
  rmSync(recordFile(dataDir), { force: true });
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'redis-process.json');
}

function readRecord(dataDir: string): { pid: number; identity: string } | null {
  try {
    const value = JSON.parse(readFileSync(recordFile(dataDir), 'utf8')) as {
      pid?: unknown;
      identity?: unknown;
    } | null;
    if (typeof value?.pid !== 'number' || typeof value.identity !== 'string') return null;
    return { pid: value.pid, identity: value.identity };
  } catch {
    return null;
  }
}
