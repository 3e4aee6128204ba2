import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The process and its living children; empty when it has ended. */
export function treeOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`);
  if (children === undefined) return [];
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(treeOf)];
}

/** CPU seconds of the process, its living children and those it has collected: user and system time. */
export function cpuSeconds(pid: number): number {
  let seconds = 0;
  for (const each of treeOf(pid)) {
    // Nanoseconds, but only of what lives; of ended children the kernel keeps whole ticks.
    for (const thread of threadsOf(each)) {
      const schedule = read(`/proc/${each}/task/${thread}/schedstat`) ?? '';
      seconds += Number(schedule.split(' ')[0] ?? 0) / 1e9;
    }
    const stat = read(`/proc/${each}/stat`);
    if (stat === undefined) continue;
    // The name in parentheses may hold spaces; cutime and cstime are fields 16 and 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    for (const field of fields.slice(13, 15)) seconds += Number(field) / ticksPerSecond;
  }
  return seconds;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/**
 * Memory of the process and its living children: what is shared counts in part for each, and what is mapped from files not at
 * all, for the kernel drops and reads that as it likes, and divides it by how many others run the same program.
 */
export function memoryBytes(pid: number): number {
  let kilobytes = 0;
  for (const each of treeOf(pid)) {
    const rollup = read(`/proc/${each}/smaps_rollup`) ?? '';
    for (const [, value] of rollup.matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+)/gm)) kilobytes += Number(value);
  }
  return kilobytes * 1024;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
