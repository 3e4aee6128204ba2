import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from '../tools/build.mjs';
import { fail, root } from '../tools/support.mjs';
import { runTypeScript } from '../tools/typescript.mjs';

// The product under test is dist/; the driver itself is not part of the product and runs from its sources.
await ensureBuilt().catch((error) => fail(error.message));

const [name] = process.argv[2]?.startsWith('-') ? [] : process.argv.splice(2, 1);
const script = path.join(root, 'chaos', 'src', `${name ?? 'main'}.ts`);
if (!existsSync(script)) fail(`There is no chaos/src/${name}.ts.`);
runTypeScript(script);
