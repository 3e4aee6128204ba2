import { runTypeScript } from '../tools/typescript.mjs';

// Not part of the product: it runs from its sources, and needs nothing of the product but its address.
runTypeScript('conformance/src/main.ts');
