import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { ensureBuilt } from './build.mjs';
import { generators } from './generators.mjs';
import { fail, root } from './support.mjs';

const check = process.argv.includes('--check');

await ensureBuilt().catch((error) => fail(error.message));
let differences = 0;
for (const { file, generate } of generators) {
  const target = path.join(root, file);
  const text = await format(target, await generate());
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  if (check) {
    differences += 1;
    console.log(`${file} is not what its sources say: run "npm run gen" and commit the result.`);
  } else {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    console.log(`wrote ${file}`);
  }
}
// Some of the compiled modules hold timers; the work is done.
process.exit(differences > 0 ? 1 : 0);

/** As `npm run format` would leave it, so that both checks agree on one text. */
async function format(target, text) {
  const { ignored, inferredParser } = await prettier.getFileInfo(target, {
    ignorePath: path.join(root, '.prettierignore'),
  });
  if (ignored || !inferredParser) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(target)), filepath: target });
}
