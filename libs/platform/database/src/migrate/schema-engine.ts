import { readFileSync } from 'node:fs';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type * as Glue from '@prisma/schema-engine-wasm/schema_engine_bg';

export type SchemaEngine = Glue.SchemaEngine;

/** The part of the standard that is used here; its types come with the DOM library, which a server does not have. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: Record<string, unknown> };
};

let loading: Promise<typeof Glue> | undefined;

/** Prisma's schema engine on that database. `datamodels` are pairs of path and content. Call `free()` when done. */
export async function openSchemaEngine(
  factory: SqlMigrationAwareDriverAdapterFactory,
  datamodels: [string, string][],
): Promise<SchemaEngine> {
  loading ??= loadEngine();
  const glue = await loading;
  return glue.SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
}

/**
 * The package imports its .wasm as a module, which Node does not do without a flag: the two halves are joined by hand. Only on first
 * use: a process that migrates nothing need not carry the engine.
 */
async function loadEngine(): Promise<typeof Glue> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: reportPanic } });
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
    './schema_engine_bg.js': { ...glue, ...unreferencedTimers(glue) },
  });
  glue.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
  return glue;
}

/** The engine never clears the timer of its lock: every process that migrates would stay for its ten seconds. */
function unreferencedTimers(glue: typeof Glue): Record<string, unknown> {
  const timers = Object.entries(glue).filter(([name]) => name.startsWith('__wbg_setTimeout_'));
  return Object.fromEntries(
    timers.map(([name, set]) => [
      name,
      (...args: unknown[]) => (set as (...args: unknown[]) => NodeJS.Timeout)(...args).unref(),
    ]),
  );
}

/** The engine leaves its last words in a global; without one its panic would read "unreachable". */
function reportPanic(message: string): never {
  throw new Error(`The schema engine broke: ${message}`);
}
