import { Client } from 'pg';
import { appRole, ownerRole } from '../setup';
import { MigrationAdapterFactory } from './migration-adapter';
import { MigrationError, migrationSentence } from './migration.error';
import { readMigrations, readSchema, writeMigration } from './migration-files';
import { openSchemaEngine, type SchemaEngine } from './schema-engine';

export interface MigrateOptions {
  /** Of the role that `db:setup` used; its path names the database. No process receives it. */
  adminUrl: string;
  migrationsDir: string;
  schemaDir: string;
}

export interface MigrationStatus {
  /** In the folder, not yet in the database. */
  pending: string[];
  /** Begun in the database and not finished: they block every further one. */
  failed: string[];
  /** Changed in the folder after they were applied. */
  edited: string[];
  /** In the database, not in the folder: another version of the program was here. */
  unknown: string[];
}

const filters = { externalTables: [], externalEnums: [] };
const lockTimeoutMs = 120_000;

/**
 * Applies what is missing, as the role `parley_owner`, and returns the names of what it applied. Of several at once one applies, the
 * others wait and find nothing left. A migration that fails is recorded and blocks until `failed` is resolved by hand.
 * Throws {@link MigrationError} with one sentence.
 */
export function migrateDeploy(options: MigrateOptions): Promise<string[]> {
  return withLock(options.adminUrl, async (client) => {
    const applied = await withEngine(options, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: readMigrations(options.migrationsDir),
        filters,
      });
      return appliedMigrationNames;
    });
    // The default privileges gave the application the record of migrations too, which is none of its business.
    await client.query(`SET ROLE ${ownerRole}`);
    await client.query(`REVOKE ALL ON TABLE public._prisma_migrations FROM ${appRole}`);
    return applied;
  });
}

/** Compares the folder with the database, and changes neither. Throws {@link MigrationError}. */
export function migrateStatus(options: MigrateOptions): Promise<MigrationStatus> {
  return withEngine(options, async (engine) => {
    const { history, failedMigrationNames, editedMigrationNames } = await engine.diagnoseMigrationHistory({
      migrationsList: readMigrations(options.migrationsDir),
      optInToShadowDatabase: false,
      filters,
    });
    return {
      pending: history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [],
      failed: failedMigrationNames,
      edited: editedMigrationNames,
      unknown: history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [],
    };
  });
}

/**
 * The SQL that would lead from the migrations to the schema files; empty when they agree, as they must. Tries the migrations out in a
 * shadow database. Throws {@link MigrationError}.
 */
export function migrateDiff(options: MigrateOptions): Promise<string> {
  return withEngine(options, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations(options.migrationsDir) },
      to: { tag: 'schemaDatamodel', files: readSchema(options.schemaDir) },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === 2 ? (stdout ?? '') : '';
  });
}

/**
 * Writes the next migration from what changed in the schema files, to be completed by hand, and applies nothing. Also when nothing
 * changed: most of our SQL is no part of Prisma's schema. Returns the path of the script. Throws {@link MigrationError}.
 */
export async function migrateCreate(options: MigrateOptions & { name: string }): Promise<string> {
  const script = await migrateDiff(options);
  return writeMigration(options.migrationsDir, options.name, script);
}

/**
 * Marks a failed migration as rolled back, after its cause was repaired: the next deploy tries it again.
 * Throws {@link MigrationError} when it did not fail.
 */
export function migrateResolve(options: MigrateOptions & { name: string }): Promise<void> {
  return withLock(options.adminUrl, async () => {
    await withEngine(options, async (engine) => {
      await engine.markMigrationRolledBack({ migrationName: options.name });
    });
  });
}

async function withEngine<T>(
  options: MigrateOptions,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const datamodels = readSchema(options.schemaDir).map(({ path, content }): [string, string] => [
    path,
    content,
  ]);
  const adapters = new MigrationAdapterFactory(options.adminUrl);
  let engine: SchemaEngine | undefined;
  try {
    engine = await openSchemaEngine(adapters, datamodels);
    return await work(engine);
  } catch (error) {
    throw migrationSentence(error);
  } finally {
    engine?.free();
    await adapters.close();
  }
}

async function withLock<T>(adminUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'parley db:migrate lock',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await client.query(`SELECT pg_advisory_lock(hashtext('parley db:migrate'))`);
    return await work(client);
  } catch (error) {
    throw error instanceof MigrationError ? error : migrationSentence(error);
  } finally {
    await client.end();
  }
}
