import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { folderError, isDiskFull, prepareFolder } from './data-folder';
import { EmbeddedError, errorCode } from './embedded.error';
import { lockFolder } from './folder-lock';
import { freePort, requirePort } from './free-port';
import { findPostgresBinaries, reachableBinaries, type PostgresBinaries } from './postgres-binaries';
import { dataDirOf, prepareDataDir, serverEnvironment } from './postgres-data';
import { clearLeftover, postgresStopSteps, readPid } from './postgres-leftover';
import { delay } from './processes';
import { ServerLog } from './server-log';
import { chooseServerUser, type ServerUser } from './server-user';
import { SupervisedProcess, type ServerExit } from './supervised-process';

export interface EmbeddedPostgresOptions {
  /** The data lies in `pg<major>` below this folder; it is made when missing. */
  dataDir: string;
  /** Given to the administrator when the data is made; the caller keeps it for later starts. */
  adminPassword: string;
  /** A free one by default. */
  port?: number;
  /** False only where the data may be lost: tests. Default true. */
  fsync?: boolean;
  /** Default `pg<major>.log` below `dataDir`. */
  logFile?: string;
  /** Default 30,000. Recovery after a crash counts in. */
  startTimeoutMs?: number;
  /** Further settings of the server, as in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
  /** Another PostgreSQL than the one that npm installed: the folder of its `postgres` and `initdb`. */
  binDir?: string;
}

interface Prepared {
  options: EmbeddedPostgresOptions;
  binaries: PostgresBinaries;
  user: ServerUser | undefined;
  dataDir: string;
  logFile: string;
}

const host = '127.0.0.1';
const adminUser = 'parley_admin';

/** A PostgreSQL that belongs to this process and ends with it, on 127.0.0.1 only. */
export class EmbeddedPostgres {
  readonly host = host;

  private constructor(
    readonly port: number,
    readonly majorVersion: number,
    readonly logFile: string,
    /** Of a superuser; the path names the maintenance database `postgres`. Never log it. */
    readonly adminUrl: string,
    private readonly server: SupervisedProcess,
    private readonly release: () => void,
  ) {
    void server.exited.then(release);
  }

  /** Starts the server and resolves when it answers. Every failure is an {@link EmbeddedError} with one sentence. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32') {
      throw new EmbeddedError(
        'The embedded PostgreSQL does not run on Windows: set DATABASE_URL to a PostgreSQL of your own.',
      );
    }
    const folder = resolve(options.dataDir);
    prepareFolder(folder);
    const release = lockFolder(folder, 'PostgreSQL');
    try {
      const { server, port, prepared } = await startLocked(options, folder);
      const password = encodeURIComponent(options.adminPassword);
      const adminUrl = `postgresql://${adminUser}:${password}@${host}:${port}/postgres`;
      return new EmbeddedPostgres(port, prepared.binaries.major, prepared.logFile, adminUrl, server, release);
    } catch (error) {
      release();
      throw folderError(folder, error);
    }
  }

  /** Settles when the server has ended, for whatever reason. */
  get exited(): Promise<ServerExit> {
    return this.server.exited;
  }

  /** The process of the server. */
  get pid(): number {
    return this.server.pid;
  }

  /** Ends the server: clients are disconnected, everything committed is kept. Safe to call twice. */
  async stop(): Promise<void> {
    await this.server.stop();
    this.release();
  }
}

async function startLocked(options: EmbeddedPostgresOptions, folder: string) {
  const prepared = await prepare(options, folder);
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return { server: await launch(prepared, port), port, prepared };
    } catch (error) {
      // Somebody may take the free port between the choice and the start.
      if (!(error instanceof PortTakenError) || attempt === attempts) throw error;
    }
  }
}

async function prepare(options: EmbeddedPostgresOptions, folder: string): Promise<Prepared> {
  if (options.port !== undefined) await requirePort(options.port, 'PostgreSQL');
  const found = findPostgresBinaries(options.binDir);
  const user = chooseServerUser(dataDirOf(folder, found.major));
  const binaries = reachableBinaries(found, user);
  const { adminPassword, fsync = true } = options;
  const dataDir = prepareDataDir({ folder, binaries, user, adminUser, adminPassword, fsync });
  await clearLeftover(dataDir);
  return {
    options,
    binaries,
    user,
    dataDir,
    logFile: options.logFile ?? join(folder, `pg${binaries.major}.log`),
  };
}

async function launch(prepared: Prepared, port: number): Promise<SupervisedProcess> {
  const { options, binaries, user, dataDir } = prepared;
  const log = ServerLog.open(prepared.logFile);
  try {
    const server = await SupervisedProcess.start({
      command: binaries.postgres,
      args: serverArguments(dataDir, port, options),
      cwd: dataDir,
      env: serverEnvironment(),
      logDescriptor: log.descriptor,
      user,
      stopSteps: postgresStopSteps,
    });
    try {
      await waitUntilReady(server, dataDir, log, options.startTimeoutMs ?? 30_000);
      await assertPassword(port, options.adminPassword, dataDir);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  } finally {
    log.close();
  }
}

function serverArguments(dataDir: string, port: number, options: EmbeddedPostgresOptions): string[] {
  const durable = options.fsync ?? true;
  const settings: Record<string, string> = {
    listen_addresses: host,
    unix_socket_directories: '',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
  };
  const assigned = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDir, '-p', String(port), ...assigned];
}

/** PostgreSQL itself writes into its pid file when it accepts connections: no port of another program can be mistaken for it. */
async function waitUntilReady(
  server: SupervisedProcess,
  dataDir: string,
  log: ServerLog,
  timeoutMs: number,
): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (server.hasExited) throw startFailure(log, dataDir);
    if (readPid(pidFile) === server.pid && existsSync(pidFile)) {
      if (readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() === 'ready') return;
    }
    await delay(10);
  }
  throw new EmbeddedError(
    `PostgreSQL did not get ready within ${timeoutMs / 1000} s: its log is ${log.file}.`,
  );
}

async function assertPassword(port: number, password: string, dataDir: string): Promise<void> {
  const client = new Client({
    host,
    port,
    user: adminUser,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 10_000,
  });
  // An error after the connection is of no interest here, but unheard it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (errorCode(error) !== '28P01')
      throw new EmbeddedError(`PostgreSQL of ${dataDir} refuses connections: ${String(error)}`);
    throw new EmbeddedError(
      `The saved password does not open the data in ${dataDir}: restore the password it was made with, or move the folder away to ` +
        'begin with an empty database.',
    );
  } finally {
    await client.end();
  }
}

class PortTakenError extends EmbeddedError {}

function startFailure(log: ServerLog, dataDir: string): EmbeddedError {
  const text = log.text();
  if (/could not bind|Address already in use/.test(text)) {
    return new PortTakenError('PostgreSQL cannot listen: its port was taken by another program.');
  }
  if (isDiskFull(dataDir)) {
    return new EmbeddedError(
      `PostgreSQL does not start on ${dataDir}: the disk is full, and what was committed is safe; free some space.`,
    );
  }
  const last =
    /(?:FATAL|PANIC):\s+(.*)/.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? 'it printed nothing';
  return new EmbeddedError(`PostgreSQL does not start on ${dataDir}: ${last} (log: ${log.file})`);
}
