#!/usr/bin/env node
/** Generates the database client from prisma/schema; does nothing when no schema file changed. `--force` always generates. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const schemaDir = join(root, 'prisma', 'schema');
const outputDir = join(root, 'libs', 'platform', 'database', 'src', 'generated');
const stampFile = join(outputDir, '.schema-hash');
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');

function schemaHash() {
  const hash = createHash('sha256').update(readFileSync(prismaPackage));
  for (const name of readdirSync(schemaDir).sort()) {
    if (name.endsWith('.prisma')) hash.update(name).update(readFileSync(join(schemaDir, name)));
  }
  return hash.digest('hex');
}

const hash = schemaHash();
const upToDate = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
if (upToDate && !process.argv.includes('--force')) process.exit(0);

// A generation that dies half-way must not look finished.
rmSync(stampFile, { force: true });
const result = spawnSync(process.execPath, [join(dirname(prismaPackage), 'build', 'index.js'), 'generate'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    // Prisma downloads an engine that `generate` never starts, unless the variable names a file that exists.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
  },
});
if (result.status !== 0) {
  process.stderr.write(
    `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`,
  );
  process.exit(result.status ?? 1);
}
writeFileSync(stampFile, hash);
