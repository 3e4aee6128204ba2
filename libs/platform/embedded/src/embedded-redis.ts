import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { folderError, isDiskFull, prepareFolder } from './data-folder';
import { EmbeddedError } from './embedded.error';
import { lockFolder } from './folder-lock';
import { freePort, requirePort } from './free-port';
import { delay } from './processes';
import { findRedis, redisMissing } from './redis-binary';
import { clearRedisLeftover, recordRedis, redisStopSteps } from './redis-leftover';
import { ServerLog } from './server-log';
import { SupervisedProcess, type ServerExit } from './supervised-process';

export interface EmbeddedRedisOptions {
  /** Holds the append-only file, the log and the lock; made when missing. */
  dataDir: string;
  /** A free one by default. */
  port?: number;
  /** True keeps the data by an append-only file; false keeps nothing. */
  persist: boolean;
  /** Default `redis.log` in `dataDir`. */
  logFile?: string;
  /** Default 30,000. Loading the data counts in. */
  startTimeoutMs?: number;
  /** Logical databases. Default 16. */
  databases?: number;
}

const host = '127.0.0.1';

/** A Redis that belongs to this process and ends with it, on 127.0.0.1 only. */
export class EmbeddedRedis {
  readonly host = host;
  readonly url: string;

  private constructor(
    readonly port: number,
    private readonly server: SupervisedProcess,
    private readonly release: () => void,
  ) {
    this.url = `redis://${host}:${port}`;
    void server.exited.then(release);
  }

  /** Starts the system's Redis or Valkey and resolves when it answers. Every failure is an {@link EmbeddedError} with one sentence. */
  static async start(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
    const binary = findRedis();
    if (!binary) throw redisMissing();
    if (options.port !== undefined) await requirePort(options.port, 'Redis');
    const dataDir = resolve(options.dataDir);
    prepareFolder(dataDir);
    const release = lockFolder(dataDir, 'Redis');
    try {
      await clearRedisLeftover(dataDir);
      const { server, port } = await startOnPort({ ...options, dataDir }, binary);
      return new EmbeddedRedis(port, server, release);
    } catch (error) {
      release();
      throw folderError(dataDir, error);
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

  /** Ends the server; with `persist` everything written is kept. Safe to call twice. */
  async stop(): Promise<void> {
    await this.server.stop();
    this.release();
  }
}

async function startOnPort(options: EmbeddedRedisOptions, binary: string) {
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return { server: await launch(options, binary, port), port };
    } catch (error) {
      // Somebody may take the free port between the choice and the start.
      if (!(error instanceof PortTakenError) || attempt === attempts) throw error;
    }
  }
}

async function launch(
  options: EmbeddedRedisOptions,
  binary: string,
  port: number,
): Promise<SupervisedProcess> {
  const { dataDir } = options;
  const log = ServerLog.open(options.logFile ?? join(dataDir, 'redis.log'));
  try {
    const server = await SupervisedProcess.start({
      command: binary,
      args: serverArguments(options, port),
      cwd: dataDir,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
      logDescriptor: log.descriptor,
      stopSteps: redisStopSteps,
    });
    try {
      recordRedis(dataDir, server.pid);
      await waitUntilReady(server, port, dataDir, log, options.startTimeoutMs ?? 30_000);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  } finally {
    log.close();
  }
}

function serverArguments({ dataDir, persist, databases = 16 }: EmbeddedRedisOptions, port: number): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    bind: host,
    dir: dataDir,
    databases: String(databases),
    appendonly: persist ? 'yes' : 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function waitUntilReady(
  server: SupervisedProcess,
  port: number,
  dataDir: string,
  log: ServerLog,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (server.hasExited) throw startFailure(log, dataDir);
    // The answer must be of our own process: another program may sit on the port that ours could not take.
    if ((await serverPid(port)) === server.pid) return;
    await delay(10);
  }
  throw new EmbeddedError(`Redis did not get ready within ${timeoutMs / 1000} s: its log is ${log.file}.`);
}

/** The process id that the Redis on this port reports; null while it loads its data or does not answer. */
function serverPid(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    let answer = '';
    const finish = (pid: number | null) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(1_000, () => finish(null));
    socket.once('error', () => finish(null));
    socket.once('close', () => finish(null));
    socket.on('connect', () => socket.write('PING\r\nINFO server\r\n'));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const pid = /process_id:(\d+)/.exec(answer)?.[1];
      if (pid) finish(answer.startsWith('+PONG') ? Number(pid) : null);
      else if (answer.startsWith('-') && answer.endsWith('\r\n') && !answer.startsWith('-LOADING'))
        finish(null);
    });
  });
}

class PortTakenError extends EmbeddedError {}

function startFailure(log: ServerLog, dataDir: string): EmbeddedError {
  const text = log.text();
  if (/Address already in use|Failed listening/.test(text)) {
    return new PortTakenError('Redis cannot listen: its port was taken by another program.');
  }
  if (isDiskFull(dataDir)) {
    return new EmbeddedError(`Redis does not start on ${dataDir}: the disk is full; free some space.`);
  }
  const denied = /(?:Can't|can't|Failed|Unable).*Permission denied/.exec(text)?.[0];
  if (!denied && /append only file|AOF|Bad file format|manifest/i.test(text)) {
    return new EmbeddedError(
      `The append-only file of Redis in ${join(dataDir, 'appendonlydir')} is damaged: repair it with "redis-check-aof --fix" on a copy, ` +
        `or move that folder away; Parley loses nothing by an empty Redis. (log: ${log.file})`,
    );
  }
  const last =
    denied ??
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^\d+:\w \d+ \w+ \d+ [\d:.]+ [#*.-] /, '') ??
    'it printed nothing';
  return new EmbeddedError(`Redis does not start on ${dataDir}: ${last} (log: ${log.file})`);
}
