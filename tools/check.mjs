import { BuildError, generateClient } from './build.mjs';
import { fail, nodeBin, run } from './support.mjs';

/** The longest first: two run at a time. `fix` is what a person does about a failure. */
const steps = [
  { name: 'lint', command: nodeBin('eslint/bin/eslint.js', '.', '--max-warnings=0') },
  { name: 'generated files', command: [process.execPath, 'tools/gen.mjs', '--check'] },
  {
    name: 'imports',
    command: nodeBin(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'apps',
      'libs',
      'test',
      'bench',
      'chaos',
      'conformance',
    ),
  },
  {
    name: 'format',
    command: nodeBin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
    fix: 'npm run format',
  },
  { name: 'contracts', command: [process.execPath, 'tools/lint-contracts.mjs'] },
  { name: 'dead code', command: nodeBin('knip/bin/knip.js', '--no-progress') },
  { name: 'types', command: nodeBin('typescript7/bin/tsc', '--noEmit', '-p', 'tsconfig.json') },
];

// Lint, types and the import rules all look at the generated client.
await generateClient().catch((error) => {
  if (error instanceof BuildError) fail(error.message);
  throw error;
});
const queue = [...steps];
const failed = (await Promise.all([worker(), worker()])).flat();
console.log(failed.length === 0 ? 'check: all good' : `check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function worker() {
  const failures = [];
  for (let step = queue.shift(); step; step = queue.shift()) {
    if (!(await runStep(step))) failures.push(step.name);
  }
  return failures;
}

async function runStep({ name, command, fix }) {
  const startedAt = Date.now();
  const { code, output } = await run(command);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}${code !== 0 && fix ? ` (${fix})` : ''}`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}
