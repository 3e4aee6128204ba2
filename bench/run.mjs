import { ensureBuilt } from '../tools/build.mjs';
import { fail } from '../tools/support.mjs';
import { runTypeScript } from '../tools/typescript.mjs';

// What is measured is dist/; what measures runs from its sources.
await ensureBuilt().catch((error) => fail(error.message));
runTypeScript('bench/src/main.ts');
