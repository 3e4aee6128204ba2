import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, generateClient } from './build.mjs';
import { fail, nodeBin, root, run } from './support.mjs';

/** Which spec files a tier runs, by their names; `!` takes away. */
const tiers = {
  unit: ['**/*.spec.ts', '!**/*.int.spec.ts', '!**/*.e2e.spec.ts', '!**/test/**'],
  int: ['**/*.int.spec.ts'],
  e2e: [
    '**/apps/*/test/**/*.spec.ts',
    '**/test/**/*.e2e.spec.ts',
    '!**/*.system.spec.ts',
    '!**/*.faults.spec.ts',
  ],
  system: ['**/test/**/*.system.spec.ts'],
  // Outages and kills at full length: before a release, not before every change.
  faults: ['**/test/**/*.faults.spec.ts'],
  all: ['**/*.spec.ts', '!**/*.system.spec.ts', '!**/*.faults.spec.ts'],
};

/** These start whole installations and watch their clocks: one at a time. The others share what cores there are. */
const oneAtATime = new Set(['system', 'faults']);

const { tier, rest } = readArguments(process.argv.slice(2));
await prepare().catch((error) => fail(error.message));
const { passed, failed, code } = await runJest();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : code;

function readArguments(args) {
  const at = args.indexOf('--tier');
  if (at === -1) return { tier: 'all', rest: args };
  const name = args[at + 1];
  if (!Object.hasOwn(tiers, name ?? '')) fail(`--tier is one of ${Object.keys(tiers).join(', ')}.`);
  return { tier: name, rest: args.toSpliced(at, 2) };
}

/** The tests import the sources; only those that start whole processes need dist/. */
async function prepare() {
  if (tier === 'unit' || tier === 'int') await generateClient();
  else await ensureBuilt();
}

async function runJest() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-test-'));
  const totalsFile = path.join(folder, 'totals.json');
  try {
    const jest = nodeBin(
      'jest/bin/jest.js',
      ...tiers[tier].map((glob) => `--testMatch=${glob}`),
      `--maxWorkers=${oneAtATime.has(tier) ? 1 : '100%'}`,
      '--reporters=default',
      `--reporters=${path.join(root, 'tools', 'totals-reporter.cjs')}`,
      // A flag of its own ends the lists above: they would take the next words for theirs.
      '--passWithNoTests',
      ...rest,
    );
    const { code } = await run(jest, { inherit: true, env: { PARLEY_TEST_TOTALS: totalsFile } });
    // No totals: Jest found no spec (0), or ended before it could count (an error).
    const none = { passed: 0, failed: code === 0 ? 0 : 1 };
    return { ...(existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, 'utf8')) : none), code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
