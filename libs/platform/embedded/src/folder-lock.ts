import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError, errorCode } from './embedded.error';
import { processIdentity } from './processes';

interface Holder {
  pid: number;
  identity: string;
}

/**
 * Takes a data folder for this process; the lock of a process that died is taken over.
 * Throws {@link EmbeddedError} while another process holds it. Returns the release.
 */
export function lockFolder(folder: string, what: string, name = 'launcher.lock'): () => void {
  const file = join(folder, name);
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) ?? '' });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (tryCreate(file, mine)) return () => rmSync(file, { force: true });
    const content = readOrEmpty(file);
    const holder = parseHolder(content);
    if (holder && processIdentity(holder.pid) === holder.identity) {
      throw new EmbeddedError(
        `${what} in ${folder} is already in use by process ${holder.pid}: end that one first or choose another data folder.`,
      );
    }
    removeStale(file, content);
  }
  throw new EmbeddedError(`${what} in ${folder} is being started by another process: try again in a moment.`);
}

function tryCreate(file: string, content: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o644);
    writeSync(descriptor, content);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the stale file aside first: of two processes that found it, only one may remove it, and never the other's fresh one. */
function removeStale(file: string, staleContent: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (readOrEmpty(aside) === staleContent) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function parseHolder(content: string): Holder | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, identity } = value as Partial<Holder>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch {
    return null;
  }
}
