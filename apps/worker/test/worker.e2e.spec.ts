import { Writable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { loadConfig } from '@parley/platform/config';
import type { TailMessage } from '@parley/contracts/internal';
import { Bus } from '@parley/platform/realtime';
import { RedisConnections, redisKeys } from '@parley/platform/redis';
import { InternalServer, Metrics, createLogger } from '@parley/platform/telemetry';
import { freePort, testDatabase, testRedis, waitFor, type TestDatabase } from '@parley/testing';
import { createWorker } from '../src/create-worker';
import { workerSections } from '../src/worker.config';

describe('the worker', () => {
  const log = createLogger({
    process: 'worker',
    level: 'error',
    format: 'json',
    stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  let database: TestDatabase;
  let worker: INestApplicationContext | undefined;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await worker?.close();
    worker = undefined;
  });
  afterAll(() => database.drop());

  async function start(url: string, settings: Record<string, string> = {}): Promise<string> {
    const env = {
      DATABASE_URL: url,
      DATABASE_SYSTEM_URL: database.systemUrl,
      INTERNAL_PORT: '0',
      ...settings,
    };
    worker = await createWorker(loadConfig(workerSections, env), log);
    return `http://127.0.0.1:${worker.get(InternalServer).port}`;
  }

  it('tells on its internal port that it is ready, and what it depends on', async () => {
    const url = await start(database.appUrl);
    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      checks: { postgres: { status: 'up', gating: true } },
    });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process="worker"');
  });

  it('F5: starts and is ready while Redis is away, says so, and ends', async () => {
    const url = await start(database.appUrl, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'degraded',
      checks: {
        postgres: { status: 'up', gating: true },
        'redis-queue': { status: 'down', gating: false },
      },
    });
  });

  it('tells the gateways every second what was committed, in intervals that overlap', async () => {
    const { url, prefix } = await testRedis();
    const tails: TailMessage[] = [];
    const ignore = (): void => undefined;
    const connections = new RedisConnections({ url, connectionName: 'test' }, log);
    const bus = new Bus(connections, redisKeys.bus(prefix), log, new Metrics('test'));
    try {
      bus.subscribe({
        event: ignore,
        userEvent: ignore,
        revocations: ignore,
        blockChanges: ignore,
        typing: ignore,
        presence: ignore,
        choice: ignore,
        tail: (tail) => tails.push(tail),
      });
      const internal = await start(database.appUrl, { REDIS_URL: url, REDIS_CHANNEL_PREFIX: prefix });
      const whole = (): TailMessage[] => tails.filter(({ glance }) => glance !== true);
      await waitFor(() => whole().length >= 2, { timeoutMs: 15_000 });
      for (const [index, { from, to }] of whole().entries()) {
        expect(to).toBeGreaterThan(from);
        if (index > 0) expect(from).toBe(Number(whole()[index - 1]?.to) - 15_000);
      }
      // In between it glances, and leaves no time out.
      expect(tails.length).toBeGreaterThanOrEqual(4);
      for (const [index, { from }] of tails.entries()) {
        if (index > 0) expect(from).toBeLessThan(Number(tails[index - 1]?.to));
      }
      expect(await (await fetch(`${internal}/health/ready`)).json()).toMatchObject({
        checks: { tail: { status: 'up' }, redis: { status: 'up', gating: false } },
      });
    } finally {
      bus.close();
      connections.close();
    }
  });

  it('closes its port when it ends', async () => {
    const url = await start(database.appUrl);
    await worker?.close();
    worker = undefined;
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('does not start with a role that could look past the walls of the tenants', async () => {
    await expect(start(database.adminUrl)).rejects.toThrow(/role/);
  });
});
