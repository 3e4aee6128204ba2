import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nodeBin, root, run, withLock } from './support.mjs';

const stampFile = path.join(root, 'dist', '.stamp');
const sourceFolders = ['apps', 'libs', 'prisma/schema'];
const singleFiles = ['nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/**
 * Brings dist/ up to date: silent when it is, one line when it had to be built. Answers whether it built; throws
 * `BuildError` with the compiler's output when the sources do not compile. Two at once: one builds, one waits.
 */
export async function ensureBuilt({ force = false } = {}) {
  if (!force && isFresh()) return false;
  return withLock('build', async () => {
    if (!force && isFresh()) return false;
    const startedAt = Date.now();
    await generateClient();
    const stamp = stampOfSources();
    const result = await run(nodeBin('@nestjs/cli/bin/nest.js', 'build'));
    if (result.code !== 0) throw new BuildError(`The build failed:\n${result.output.trim()}`);
    writeFileSync(stampFile, stamp);
    console.error(`built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    return true;
  });
}

/** Brings the generated database client up to date, which the compiler and the tests need. */
export async function generateClient() {
  const script = path.join(root, 'tools', 'prisma-generate.mjs');
  const result = await withLock('generate', () => run([process.execPath, script]));
  if (result.code !== 0)
    throw new BuildError(`The database client was not generated:\n${result.output.trim()}`);
}

export class BuildError extends Error {}

function isFresh() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOfSources();
}

function stampOfSources() {
  const hash = createHash('sha256');
  for (const file of [...singleFiles, ...sourceFolders.flatMap(listSources)]) {
    const { mtimeMs, size } = statSync(path.join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function listSources(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter(isBuilt)
    .sort();
}

/** What tsconfig.build.json leaves out cannot make dist/ stale, nor can what the build itself generates. */
function isBuilt(file) {
  return !/\.spec\.ts$|\.md$|\/test\/|^libs\/testing\/|\/src\/generated\//.test(file);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureBuilt({ force: process.argv.includes('--force') }).catch((error) => fail(error.message));
}
