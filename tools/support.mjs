import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const cacheDir = path.join(root, 'node_modules', '.cache', 'parley');

/** The command line that runs a package's binary with this very node, without a shell and without npx. */
export function nodeBin(relativeFile, ...args) {
  return [process.execPath, path.join(root, 'node_modules', relativeFile), ...args];
}

/**
 * Runs a command in the repository's root and answers `{ code, output }`; rejects only when it cannot be started.
 * With `inherit` the command owns the terminal and `output` is empty.
 */
export function run([file, ...args], { inherit = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? 128 : 1), output: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

/** Ends this process with the sentence, for failures that a person has to repair. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

const staleLockMs = 5 * 60_000;

/** Runs `work` while no other process of this checkout runs work under the same name. */
export async function withLock(name, work) {
  mkdirSync(cacheDir, { recursive: true });
  const file = path.join(cacheDir, `${name}.lock`);
  while (!tryLock(file)) await new Promise((resolve) => setTimeout(resolve, 100));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale(file)) removeStale(file);
  return false;
}

function isStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > staleLockMs) return true;
    const pid = Number(readFileSync(file, 'utf8'));
    // An empty file is a lock being written at this moment.
    return pid > 0 && !isAlive(pid);
  } catch {
    return false;
  }
}

/** The rename makes sure that of two processes that saw the same dead owner only one removes its file. */
function removeStale(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
