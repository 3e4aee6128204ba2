import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusableFolder } from './data-folder';
import { EmbeddedError, errorCode } from './embedded.error';
import { processIdentity } from './processes';

interface Holder {
  pid: number;
  identity: string;
}

const attempts = 20;

/**
 * Takes a data folder for this process; the lock of a process that died is taken over, by one of all that try at the same time.
 * Throws {@link EmbeddedError} while another process holds it. Returns the release.
 */
export function lockFolder(folder: string, what: string, name = 'launcher.lock'): () => void {
  const file = join(folder, name);
  const identity = processIdentity(process.pid) ?? '';
  const mine = JSON.stringify({ pid: process.pid, identity, nonce: randomUUID() });
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, mine);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const last = lastClaim(file);
      const holder = parseHolder(last);
      if (holder && processIdentity(holder.pid) === holder.identity) {
        throw new EmbeddedError(
          `${what} in ${folder} is already in use by process ${holder.pid}: end that one first or choose another data folder.`,
        );
      }
      if (claim(file, last, draft, mine)) return () => rmSync(file, { force: true });
    }
  } catch (error) {
    throw error instanceof EmbeddedError ? error : unusableFolder(folder, error);
  } finally {
    rmSync(draft, { force: true });
  }
  throw new EmbeddedError(`${what} in ${folder} is being started by another process: try again in a moment.`);
}

/**
 * A stale lock is never removed, because a slow process could remove the fresh one in its place. Who takes over claims its
 * successor's file, which only one can make; what is claimed and was not finished is followed like a lock.
 */
function lastClaim(file: string): string | undefined {
  let last = read(file);
  for (let next = last; next !== undefined; next = read(successorOf(file, next))) last = next;
  return last;
}

/** True when this process holds the lock now. `last`: the stale claim that it follows, undefined without any. */
function claim(file: string, last: string | undefined, draft: string, mine: string): boolean {
  const place = last === undefined ? file : successorOf(file, last);
  // A link brings the file with its content into being: nobody reads it half-written.
  if (!tryLink(draft, place)) return false;
  if (last === undefined) return true;
  // Another process may have taken over, and tidied up, since the claim was read.
  if (lastClaim(file) !== mine) {
    rmSync(place, { force: true });
    return false;
  }
  renameSync(draft, file);
  removeSuccessors(file);
  return true;
}

function successorOf(file: string, content: string): string {
  return `${file}.after-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}

function removeSuccessors(file: string): void {
  const folder = join(file, '..');
  for (const name of readdirSync(folder)) {
    if (join(folder, name).startsWith(`${file}.after-`)) rmSync(join(folder, name), { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(content = ''): Holder | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, identity } = value as Partial<Holder>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch {
    return null;
  }
}
