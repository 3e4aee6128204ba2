import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { treeOf } from './process-usage';

export interface Cores {
  server: number;
  generator: number;
}

/** One core for the whole server side and another for the generator; undefined where the machine cannot. */
export function findCores(): Cores | undefined {
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0) return undefined;
  return { server: 0, generator: 1 };
}

/** Binds processes with all their threads and children to a core; what they start later inherits it. */
export function pin(pids: readonly number[], core: number): void {
  for (const pid of pids.flatMap(treeOf)) {
    try {
      execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
    } catch (error) {
      // A short-lived child of PostgreSQL may have ended between the list and the call.
      if (treeOf(pid).length > 0) throw error;
    }
  }
}
