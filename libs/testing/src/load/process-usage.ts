import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The process and its living children; empty when it has ended. */
export function treeOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`);
  if (children === undefined) return [];
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(treeOf)];
}

/** CPU seconds of the process, its living children and those it has collected. */
export function cpuSeconds(pid: number): number {
  let ticks = 0;
  for (const each of treeOf(pid)) {
    const stat = read(`/proc/${each}/stat`);
    if (stat === undefined) continue;
    // The name in parentheses may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks / ticksPerSecond;
}

/** Memory of the process and its living children. */
export function pssBytes(pid: number): number {
  let kilobytes = 0;
  for (const each of treeOf(pid)) {
    const rollup = read(`/proc/${each}/smaps_rollup`) ?? '';
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
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
