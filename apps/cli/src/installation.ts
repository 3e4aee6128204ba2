import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Env } from '@parley/platform/config';
import { CliError } from './cli.error';

const demoSchema = z.object({ url: z.string(), serverKey: z.string() });
const environmentSchema = z.record(z.string(), z.string());

/** The data folder of an installation that `npm start` made in this folder or one above it; null without one. */
export function findInstallation(env: Env, folder: string): string | null {
  const named = env['PARLEY_DATA_DIR'] || undefined;
  if (named !== undefined) return path.resolve(folder, named);
  const found = path.join(folder, '.parley');
  if (existsSync(found)) return found;
  const parent = path.dirname(folder);
  return parent === folder ? null : findInstallation(env, parent);
}

/** Where its demo tenant is reached, and with which server key. */
export function readDemo(dataDir: string | null): { url: string; serverKey: string } | null {
  return readSaved(dataDir, 'demo.json', demoSchema);
}

/**
 * The environment with the installation's database where the person names none. It is all or nothing: the key of one
 * installation must never seal secrets in the database of another.
 */
export function databaseEnvironment(env: Env, dataDir: string | null): Env {
  const names = ['DATABASE_URL', 'DATABASE_SYSTEM_URL', 'DATABASE_ADMIN_URL', 'SECRETS_KEY'];
  if (names.some((name) => env[name] || env[`${name}_FILE`])) return env;
  return { ...env, ...readSaved(dataDir, 'environment.json', environmentSchema) };
}

function readSaved<T>(dataDir: string | null, name: string, schema: z.ZodType<T>): T | null {
  if (dataDir === null) return null;
  const file = path.join(dataDir, name);
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // Without the file, or as another user than the one who started it, the person has to name the installation.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return null;
    throw new CliError(`The file ${file} is damaged: the next "npm start" writes it anew.`, { cause: error });
  }
}
