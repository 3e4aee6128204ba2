#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const root = path.resolve(__dirname, '..', '..', '..');
const main = path.join(root, 'dist', 'apps', 'cli', 'src', 'main.js');

/** A fresh checkout has no dist/ yet: it is built like the processes are. */
async function ensureMain() {
  if (existsSync(main)) return;
  const { ensureBuilt } = await import(pathToFileURL(path.join(root, 'tools', 'build.mjs')).href);
  console.error('building …');
  await ensureBuilt();
}

ensureMain().then(
  () => require(main),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
