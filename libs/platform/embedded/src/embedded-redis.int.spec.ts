import { mkdtempSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { waitFor } from '@parley/testing';
import { findProcesses, Launcher } from '../test/launcher-process';
import { EmbeddedRedis, type EmbeddedRedisOptions } from './embedded-redis';

describe('EmbeddedRedis', () => {
  let folder: string;
  let launcher: Launcher;
  const running: EmbeddedRedis[] = [];

  async function start(more: Partial<EmbeddedRedisOptions> = {}): Promise<EmbeddedRedis> {
    const server = await EmbeddedRedis.start({ dataDir: folder, persist: true, ...more });
    running.push(server);
    return server;
  }

  async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(url);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  beforeAll(() => {
    launcher = new Launcher();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-embedded-redis-'));
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  afterAll(() => launcher.remove());

  it('keeps the data over a restart, never evicts, and leaves no process', async () => {
    const first = await start();
    await withRedis(first.url, (redis) => redis.set('kept', '42'));
    await first.stop();
    expect(findProcesses('parley-guardian', ` ${first.pid} `)).toEqual([]);
    const second = await start();
    expect(await withRedis(second.url, (redis) => redis.get('kept'))).toBe('42');
    expect(await withRedis(second.url, (redis) => redis.config('GET', 'maxmemory-policy'))).toContain(
      'noeviction',
    );
  });

  it('refuses a second start in the same folder with one sentence', async () => {
    await start();
    await expect(start()).rejects.toThrow(`Redis in ${folder} is already in use by process ${process.pid}`);
  });

  it('ends with a launcher that is killed hard', async () => {
    const { child, answer } = await launcher.start('EmbeddedRedis', { dataDir: folder, persist: true });
    expect(findProcesses('redis-server')).toContain(answer.pid);
    child.kill('SIGKILL');
    await waitFor(() => !findProcesses('redis-server').includes(answer.pid), {
      timeoutMs: 10_000,
      message: 'the end of Redis',
    });
  });

  it('ends a Redis of its folder that outlived both launcher and guardian', async () => {
    const { child, answer } = await launcher.start('EmbeddedRedis', { dataDir: folder, persist: true });
    await withRedis(answer.url, (redis) => redis.set('kept', '43'));
    for (const guardian of findProcesses('parley-guardian', ` ${answer.pid} `))
      process.kill(guardian, 'SIGKILL');
    child.kill('SIGKILL');
    await waitFor(() => child.signalCode, { message: 'the end of the launcher' });
    const server = await start();
    expect(findProcesses('redis-server')).not.toContain(answer.pid);
    expect(await withRedis(server.url, (redis) => redis.get('kept'))).toBe('43');
  });

  it('names a damaged append-only file', async () => {
    const first = await start();
    await withRedis(first.url, (redis) => redis.set('kept', '42'));
    await first.stop();
    const parts = join(folder, 'appendonlydir');
    const log = readdirSync(parts).find((name) => name.endsWith('.incr.aof')) ?? '';
    writeFileSync(join(parts, log), 'this is no log of Redis\r\n'.repeat(20));
    await expect(start()).rejects.toThrow(`The append-only file of Redis in ${parts} is damaged`);
  });

  it('says why a folder cannot be used', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(start({ dataDir: file })).rejects.toThrow(
      `The data folder ${file} cannot be used: it is a file.`,
    );
  });
});
