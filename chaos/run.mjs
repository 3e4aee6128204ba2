import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { ensureBuilt } from '../tools/build.mjs';
import { fail, root } from '../tools/support.mjs';

// The product under test is dist/; the driver itself is not part of the product and runs from its sources.
await ensureBuilt().catch((error) => fail(error.message));

const { paths } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
const aliases = Object.entries(paths).map(([alias, [target]]) => ({
  pattern: new RegExp(`^${alias.replace('*', '(.+)')}$`),
  target,
}));

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

const [name] = process.argv[2]?.startsWith('-') ? [] : process.argv.splice(2, 1);
const script = path.join(root, 'chaos', 'src', `${name ?? 'main'}.ts`);
if (!existsSync(script)) fail(`There is no chaos/src/${name}.ts.`);
createRequire(import.meta.url)(script);
