import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { root } from './support.mjs';

const { paths } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
const aliases = Object.entries(paths).map(([alias, [target]]) => ({
  pattern: new RegExp(`^${alias.replace('*', '(.+)')}$`),
  target,
}));

/** Runs a file of chaos/, bench/ or conformance/ from its source in this very process: neither is part of the product, so neither is built. */
export function runTypeScript(file) {
  createRequire(import.meta.url)(path.resolve(root, file));
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, ...rest) {
  for (const { pattern, target } of aliases) {
    const match = pattern.exec(request);
    if (match) return path.join(root, target.replace('*', match[1] ?? ''));
  }
  return resolveFilename.call(this, request, ...rest);
};

Module._extensions['.ts'] = function load(module, filename) {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  module._compile(code, filename);
};
