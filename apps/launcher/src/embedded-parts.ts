import { join } from 'node:path';
import { databaseConfig, migrateDeploy, setupDatabase, withDatabase } from '@parley/platform/database';
import { loadConfig } from '@parley/platform/config';
import {
  EmbeddedError,
  EmbeddedPostgres,
  EmbeddedRedis,
  findRedis,
  installRedis,
} from '@parley/platform/embedded';
import { isGiven } from './environment';
import { KeptServer } from './kept-server';
import type { Secrets } from './secrets';
import type { Terminal } from './terminal';

export interface PartOptions {
  given: NodeJS.ProcessEnv;
  dataDir: string;
  secrets: Secrets;
  terminal: Terminal;
  /** For a database that the person gave. */
  adminUrl: string | undefined;
}

export interface Database {
  url: string;
  systemUrl: string;
  /** Absent where somebody else sets the database up. */
  adminUrl: string | undefined;
  server?: KeptServer<EmbeddedPostgres>;
}

const databaseName = 'parley';

/** The database that the person gave, checked; undefined without one. */
export function givenDatabase({ given, adminUrl }: PartOptions): Database | undefined {
  if (!isGiven(given, 'DATABASE_URL')) return undefined;
  const { database } = loadConfig([databaseConfig], given);
  return { url: database.url, systemUrl: database.systemUrl, adminUrl };
}

/** A database of our own. */
export async function startDatabase({ dataDir, secrets, terminal }: PartOptions): Promise<Database> {
  const logFile = join(dataDir, 'logs', 'postgres.log');
  const server = await KeptServer.start(
    'PostgreSQL',
    (port) => EmbeddedPostgres.start({ dataDir, adminPassword: secrets.adminPassword, port, logFile }),
    (line) => terminal.line(line),
  );
  const { host, port, adminUrl, majorVersion } = server.server;
  terminal.progress(`PostgreSQL ${majorVersion} is ready`);
  return {
    url: `postgresql://parley_app:${secrets.appPassword}@${host}:${port}/${databaseName}`,
    systemUrl: `postgresql://parley_system:${secrets.systemPassword}@${host}:${port}/${databaseName}`,
    adminUrl: withDatabase(adminUrl, databaseName),
    server,
  };
}

/** Roles, database and migrations; nothing where no administrator's URL is known. */
export async function prepareDatabase(
  database: Database,
  prismaDir: string,
  terminal: Terminal,
): Promise<void> {
  const { adminUrl, url, systemUrl } = database;
  if (!adminUrl) return terminal.progress('The database is taken as it is: DATABASE_ADMIN_URL is not set');
  await setupDatabase({ adminUrl, appUrl: url, systemUrl });
  const applied = await migrateDeploy({
    adminUrl,
    migrationsDir: join(prismaDir, 'migrations'),
    schemaDir: join(prismaDir, 'schema'),
  });
  if (applied.length > 0) terminal.progress(`Migrations applied: ${applied.length}`);
}

export interface Redis {
  url: string | undefined;
  server?: KeptServer<EmbeddedRedis>;
}

/**
 * Whether there is a Redis to start: installs one where that is wanted and possible, else warns once. It blocks this process
 * while it installs, so nothing that is timed may be under way.
 */
export function ensureRedis({ given, terminal }: PartOptions, install: boolean): boolean {
  if (isGiven(given, 'REDIS_URL')) return false;
  if (findRedis()) return true;
  try {
    if (!install)
      throw new EmbeddedError('Redis is missing, and --no-install was given: install it or set REDIS_URL.');
    installRedis({ announce: (line) => terminal.progress(line) });
    return true;
  } catch (error) {
    if (!(error instanceof EmbeddedError)) throw error;
    terminal.progress(
      `Warning: ${error.message} Going on without it: a message reaches only the sockets of its own gateway at once.`,
    );
    return false;
  }
}

/** The system's Redis on data of our own. */
export async function startRedis({ dataDir, terminal }: PartOptions): Promise<KeptServer<EmbeddedRedis>> {
  const server = await KeptServer.start(
    'Redis',
    (port) =>
      EmbeddedRedis.start({
        dataDir: join(dataDir, 'redis'),
        persist: true,
        port,
        logFile: join(dataDir, 'logs', 'redis.log'),
      }),
    (line) => terminal.line(line),
  );
  terminal.progress('Redis is ready');
  return server;
}
