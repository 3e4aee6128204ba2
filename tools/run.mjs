import { existsSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { fail, root } from './support.mjs';

const [app, ...args] = process.argv.slice(2);
if (!app) fail('Name the app to run: node tools/run.mjs <app> [arguments].');

await ensureBuilt().catch((error) => fail(error.message));

const main = path.join(root, 'dist', 'apps', app, 'src', 'main.js');
if (!existsSync(main)) fail(`There is no app "${app}": apps/${app}/src/main.ts does not exist.`);

// The app takes over this very process, so that signals, the terminal and the exit code are its own.
process.argv = [process.execPath, main, ...args];
Module.runMain(main);
