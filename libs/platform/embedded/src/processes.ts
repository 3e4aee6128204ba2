import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names one process for ever: pid and the moment of its start, so that a number that was reused is not taken for the old process.
 * Null when no such process runs.
 */
export function processIdentity(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (process.platform !== 'linux') return psField(pid, 'lstart');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may itself contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

/** The command line of a running process as one string, null when it does not run. */
export function commandLine(pid: number): string | null {
  if (process.platform !== 'linux') return psField(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || null;
  } catch {
    return null;
  }
}

/** Sends the signals one after the other, each with its time to act, until the process is gone. True when it is. */
export async function endProcess(pid: number, steps: readonly StopStep[]): Promise<boolean> {
  const identity = processIdentity(pid);
  if (identity === null) return true;
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return processIdentity(pid) !== identity;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (processIdentity(pid) !== identity) return true;
      await delay(20);
    }
  }
  return processIdentity(pid) !== identity;
}

export interface StopStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function psField(pid: number, field: string): string | null {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
