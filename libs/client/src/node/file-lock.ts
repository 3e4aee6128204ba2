import { randomUUID } from 'node:crypto';
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { delay, jitterMs } from '../connection/backoff';
import { OutboxFileError } from './outbox-file.error';

interface Holder {
  pid: number;
  /** Tells the process from a later one with the same number; empty where the system does not say. */
  started: string;
}

const tries = 5;

/**
 * Takes a file for this process, by a claim beside it; what a process that died has claimed is free. Returns the release.
 * @throws OutboxFileError while it is taken
 */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const started = (await startOf(process.pid)) ?? '';
  for (let attempt = 1; ; attempt += 1) {
    // Everybody claims first and looks then, so that of two at least one sees the other. No name is used twice: a dead
    // claim can be removed without hitting a fresh one.
    const claim = `${file}.lock-${randomUUID()}`;
    await writeFile(`${claim}.draft`, JSON.stringify({ pid: process.pid, started }), { mode: 0o600 });
    await rename(`${claim}.draft`, claim);
    const release = (): Promise<void> => rm(claim, { force: true });
    const other = await findOther(file, claim).catch(async (error: unknown) => {
      await release();
      throw error;
    });
    if (!other) return release;
    await release();
    if (attempt === tries) {
      const who = other.pid === process.pid ? 'this process' : `process ${other.pid}`;
      throw new OutboxFileError(
        `The outbox ${file} is in use by ${who}: end that first, or use another file.`,
      );
    }
    await delay(jitterMs(5, 50, Math.random));
  }
}

/** Whoever else has a claim and still runs. */
async function findOther(file: string, own: string): Promise<Holder | null> {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}.lock-`;
  for (const name of await readdir(folder)) {
    const claim = path.join(folder, name);
    if (!name.startsWith(prefix) || name.endsWith('.draft') || name === path.basename(own)) continue;
    const holder = parseHolder(await readOrEmpty(claim));
    if (holder && (await isRunning(holder))) return holder;
    await rm(claim, { force: true });
  }
  return null;
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseHolder(content: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(content) as Partial<Holder>;
    return Number.isSafeInteger(pid) && typeof started === 'string' ? { pid: pid ?? 0, started } : null;
  } catch {
    return null;
  }
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  if (started !== '') return (await startOf(pid)) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process started, as Linux tells it; null elsewhere, and when there is no such process. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may itself contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}
