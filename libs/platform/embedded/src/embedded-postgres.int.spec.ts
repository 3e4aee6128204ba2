import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Client } from 'pg';
import { waitFor } from '@parley/testing';
import { closedFolder, findProcesses, Launcher, openFolder } from '../test/launcher-process';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
const nobody = { uid: 65534, gid: 65534 };

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('EmbeddedPostgres', () => {
  let folder: string;
  let options: EmbeddedPostgresOptions;
  let launcher: Launcher;
  const running: EmbeddedPostgres[] = [];
  const dataDir = () => join(folder, 'pg18');

  async function start(more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const server = await EmbeddedPostgres.start({ ...options, ...more });
    running.push(server);
    return server;
  }

  beforeAll(() => {
    folder = openFolder();
    options = { dataDir: folder, adminPassword: 'a secret of its own', fsync: false };
    launcher = new Launcher();
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  afterAll(() => {
    launcher.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps the data over a restart and leaves no process', async () => {
    const first = await start();
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();
    expect(findProcesses(dataDir())).toEqual([]);
    expect(findProcesses('parley-guardian', ` ${first.pid} `)).toEqual([]);
    const second = await start();
    expect(await query(second.adminUrl, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('listens on 127.0.0.1 alone, asks for the password, and is UTF-8 without a locale', async () => {
    const server = await start();
    const settings = await query(
      server.adminUrl,
      `SELECT current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS socket,
              pg_encoding_to_char(encoding) AS encoding, datcollate AS collation FROM pg_database WHERE datname = 'postgres'`,
    );
    expect(settings).toEqual([{ address: '127.0.0.1', socket: '', encoding: 'UTF8', collation: 'C' }]);
    await expect(query(server.adminUrl.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('refuses a second start in the same folder, from this and from another process, with one sentence', async () => {
    await start();
    const sentence = `PostgreSQL in ${folder} is already in use by process ${process.pid}: end that one first or choose another data folder.`;
    await expect(start()).rejects.toThrow(sentence);
    const other = await launcher.start('EmbeddedPostgres', options);
    expect(other.answer.error).toBe(sentence);
  });

  it('names a busy port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `PostgreSQL cannot use port ${port}: another program listens on it.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('says that the saved password is not that of the data', async () => {
    await expect(start({ adminPassword: 'another' })).rejects.toThrow(
      'The saved password does not open the data in',
    );
  });

  it('starts over a damaged postmaster.pid', async () => {
    writeFileSync(join(dataDir(), 'postmaster.pid'), 'no number\n\0\0\0');
    expect(await query((await start()).adminUrl, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('starts over a postmaster.pid that names another living process, and leaves that one alone', async () => {
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', '-D', dataDir()], {
      stdio: 'ignore',
    });
    writeFileSync(join(dataDir(), 'postmaster.pid'), `${bystander.pid}\n${dataDir()}\n1\n5432\n\n\n\n`);
    try {
      const server = await start();
      expect(server.pid).not.toBe(bystander.pid);
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('starts over a postmaster.pid that names a process that ended and that nobody has reaped', async () => {
    const { uid, gid } = statSync(dataDir());
    // The child ends when told to, after its parent has become `sleep`: a shell may still reap it, `sleep` never does.
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      uid,
      gid,
    });
    const [printed] = (await once(parent.stdout as Readable, 'data')) as [Buffer];
    const pid = printed.toString().trim();
    await waitFor(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
    (parent.stdio[3] as Writable).end();
    await waitFor(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
    writeFileSync(join(dataDir(), 'postmaster.pid'), `${pid}\n${dataDir()}\n1\n5432\n\n\n\n`);
    try {
      expect(await query((await start()).adminUrl, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('ends with a launcher that is killed hard', async () => {
    const { child, answer } = await launcher.start('EmbeddedPostgres', options);
    expect(findProcesses('postgres', dataDir())).toContain(answer.pid);
    child.kill('SIGKILL');
    await waitFor(() => findProcesses(dataDir()).length === 0, {
      timeoutMs: 15_000,
      message: 'the end of PostgreSQL',
    });
    await waitFor(() => findProcesses('parley-guardian', ` ${answer.pid} `).length === 0, {
      message: 'the end of the guardian',
    });
  });

  it('ends a PostgreSQL of its folder that outlived both launcher and guardian, then starts with the same data', async () => {
    const { child, answer } = await launcher.start('EmbeddedPostgres', options);
    for (const guardian of findProcesses('parley-guardian', ` ${answer.pid} `))
      process.kill(guardian, 'SIGKILL');
    child.kill('SIGKILL');
    await waitFor(() => child.signalCode, { message: 'the end of the launcher' });
    expect(findProcesses('postgres', dataDir())).toContain(answer.pid);
    const server = await start();
    expect(findProcesses('postgres', dataDir())).toEqual([server.pid]);
    expect(await query(server.adminUrl, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('refuses data of another major version instead of beginning empty', async () => {
    const old = openFolder();
    mkdirSync(join(old, 'pg17'));
    await expect(start({ dataDir: old })).rejects.toThrow(
      `${old} holds data of PostgreSQL 17, and this version brings PostgreSQL 18`,
    );
    rmSync(old, { recursive: true });
  });

  it('says why a folder cannot be used', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(start({ dataDir: file })).rejects.toThrow(
      `The data folder ${file} cannot be used: it is a file.`,
    );
    const below = join(file, 'below');
    await expect(start({ dataDir: below })).rejects.toThrow(
      `The data folder ${below} cannot be used: a part of that path is a file.`,
    );
    const foreign = openFolder();
    mkdirSync(join(foreign, 'pg18'));
    await expect(start({ dataDir: foreign })).rejects.toThrow(
      'is not a data folder of PostgreSQL 18 (PG_VERSION is missing)',
    );
    rmSync(foreign, { recursive: true });
  });

  asRoot('works for an ordinary user, and tells him when the folder is not his', async () => {
    const other = openFolder();
    const refused = await launcher.start('EmbeddedPostgres', { ...options, dataDir: other }, nobody);
    expect(refused.answer.error).toBe(
      `The data folder ${other} cannot be used: this user may not read and write it.`,
    );
    chownSync(other, nobody.uid, nobody.gid);
    const { child, answer } = await launcher.start(
      'EmbeddedPostgres',
      { ...options, dataDir: other },
      nobody,
    );
    expect(await query(answer.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    child.kill('SIGKILL');
    await waitFor(() => findProcesses(other).length === 0, {
      timeoutMs: 15_000,
      message: 'the end of PostgreSQL',
    });
    // Root goes on with the same data as its owner, not as somebody else.
    const server = await start({ dataDir: other });
    await server.stop();
    rmSync(other, { recursive: true });
  });

  asRoot(
    'keeps the data elsewhere when its user cannot enter the folder, with a link in its place',
    async () => {
      const outer = openFolder();
      const closed = closedFolder(outer);
      const server = await start({ dataDir: closed });
      const real = realpathSync(join(closed, 'pg18'));
      expect(real).toMatch(/^\/var\/lib\/parley\/data\//);
      expect(readFileSync(join(real, 'PG_VERSION'), 'utf8').trim()).toBe('18');
      await query(server.adminUrl, 'CREATE TABLE far_away ()');
      await server.stop();
      const again = await start({ dataDir: closed });
      expect(await query(again.adminUrl, 'SELECT count(*)::int AS rows FROM far_away')).toEqual([
        { rows: 0 },
      ]);
      await again.stop();
      rmSync(dirname(real), { recursive: true });
      rmSync(outer, { recursive: true });
    },
  );
});
