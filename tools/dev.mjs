import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { generateClient } from './build.mjs';
import { fail, nodeBin, root } from './support.mjs';

const children = new Set();
let ending = false;

await generateClient().catch((error) => fail(error.message));
watchSchema();
watchBuild();
process.on('SIGTERM', () => end('SIGTERM'));
// Ctrl-C in a terminal reaches the children by itself; sent a second time it would read as "at once".
process.on('SIGINT', () => end(process.stdin.isTTY ? undefined : 'SIGINT'));

/** The compiler in watch mode clears dist/ first, so the launcher waits for its first complete build. */
function watchBuild() {
  const [file, ...args] = nodeBin('@nestjs/cli/bin/nest.js', 'build', '--watch', '--preserveWatchOutput');
  const builder = start(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let launched = false;
  builder.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    if (launched || ending || !chunk.includes('Found 0 errors')) return;
    launched = true;
    startLauncher();
  });
  builder.on('exit', (code) => !ending && end('SIGTERM', code ?? 1));
}

/** With PARLEY_DEV the launcher restarts a child whose files in dist/ changed. */
function startLauncher() {
  const main = path.join(root, 'dist', 'apps', 'launcher', 'src', 'main.js');
  const launcher = start(process.execPath, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PARLEY_DEV: '1' },
  });
  launcher.on('exit', (code) => !ending && end('SIGTERM', code ?? 1));
}

function watchSchema() {
  const folder = path.join(root, 'prisma', 'schema');
  if (!existsSync(folder)) return;
  let timer;
  watch(folder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void generateClient().catch((error) => console.error(error.message)), 200);
  });
}

function start(file, args, options) {
  const child = spawn(file, args, { cwd: root, ...options });
  children.add(child);
  child.on('exit', () => {
    children.delete(child);
    if (ending && children.size === 0) process.exit();
  });
  return child;
}

function end(signal, exitCode = 0) {
  if (ending) return;
  ending = true;
  process.exitCode = exitCode;
  if (children.size === 0) process.exit();
  if (signal) for (const child of children) child.kill(signal);
}
