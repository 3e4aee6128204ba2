import path from 'node:path';
import type { Command } from 'commander';
import { loadConfig, processEnv } from '@parley/platform/config';
import {
  databaseConfig,
  migrateCreate,
  migrateDeploy,
  migrateDiff,
  migrateResolve,
  migrateStatus,
  setupDatabase,
  type MigrateOptions,
  type MigrationStatus,
} from '@parley/platform/database';
import { CliError } from '../cli.error';
import { databaseEnvironment, findInstallation } from '../installation';
import { print } from '../output';
import { databaseAdminConfig } from './database.config';

interface Options {
  json?: boolean;
}

// apps/cli/src/database below dist, below the root.
const prismaFolder = path.resolve(__dirname, '..', '..', '..', '..', '..', 'prisma');

/** Adds the `parley db:…` commands. */
export function register(program: Command): void {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option('--json', 'print JSON, for scripts');
  command('db:setup', 'make the roles and the database; again changes nothing but the passwords')
    .addHelpText(
      'after',
      '\nNeeds DATABASE_ADMIN_URL, and DATABASE_URL and DATABASE_SYSTEM_URL with the passwords to set.',
    )
    .action(setup);
  command('db:migrate', 'bring the database to this version')
    .option('--retry <migration>', 'one that failed before, after its cause was repaired')
    .action(migrate);
  command('db:status', 'say which migrations are missing (exit code 1 when some are)').action(status);
  command('db:diff', 'for developers: what prisma/schema has that the migrations lack').action(diff);
  command('db:create', 'for developers: write the next migration from prisma/schema')
    .argument('<name>', 'what it does, in a few words')
    .action(create);
}

async function setup(options: Options): Promise<void> {
  const { database, databaseAdmin } = loadConfig([databaseConfig, databaseAdminConfig], environment());
  await setupDatabase({ adminUrl: databaseAdmin.url, appUrl: database.url, systemUrl: database.systemUrl });
  print({ done: true }, ['The roles and the database are there. Next: parley db:migrate'], options);
}

async function migrate(options: Options & { retry?: string }): Promise<void> {
  if (options.retry !== undefined) await migrateResolve({ ...migrations(), name: options.retry });
  const applied = await migrateDeploy(migrations());
  const lines =
    applied.length === 0 ? ['The database is up to date.'] : applied.map((name) => `applied ${name}`);
  print({ applied }, lines, options);
}

async function status(options: Options): Promise<void> {
  const found = await migrateStatus(migrations());
  const lines = statusLines(found);
  print(found, lines.length === 0 ? ['The database is up to date.'] : lines, options);
  if (lines.length > 0) throw new CliError('The database is not at this version.');
}

async function diff(options: Options): Promise<void> {
  const script = await migrateDiff(migrations());
  print({ script }, script === '' ? ['The migrations make exactly prisma/schema.'] : [script], options);
  if (script !== '') throw new CliError('A migration is missing: write it with parley db:create.');
}

async function create(name: string, options: Options): Promise<void> {
  const file = await migrateCreate({ ...migrations(), name });
  print({ file }, [`wrote ${file}`], options);
}

function statusLines({ pending, failed, edited, unknown }: MigrationStatus): string[] {
  return [
    ...pending.map((name) => `missing  ${name}: run parley db:migrate`),
    ...failed.map((name) => `failed   ${name}: it blocks every further one until it is repaired`),
    ...edited.map((name) => `edited   ${name}: it was changed after it had been applied`),
    ...unknown.map((name) => `unknown  ${name}: a newer version of Parley was here`),
  ];
}

function migrations(): MigrateOptions {
  const { databaseAdmin } = loadConfig([databaseAdminConfig], environment());
  return {
    adminUrl: databaseAdmin.url,
    migrationsDir: path.join(prismaFolder, 'migrations'),
    schemaDir: path.join(prismaFolder, 'schema'),
  };
}

function environment() {
  const env = processEnv();
  return databaseEnvironment(env, findInstallation(env, process.cwd()));
}
