import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { defineJob } from '@parley/contracts/internal';
import { AppError } from '@parley/contracts/wire';
import { DatabaseModule, type Db, type Tx } from '@parley/platform/database';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { OutboxAppend, OutboxEvents, OutboxRelayModule } from '@parley/platform/outbox';
import { Health, InternalServer, TelemetryModule, createLogger } from '@parley/platform/telemetry';
import {
  createTenant,
  dbOptions,
  freePort,
  openDb,
  testDatabase,
  waitFor,
  type TestDatabase,
} from '@parley/testing';
import { QueueModule, handleJob } from '.';
import { QueueWorkers } from './queue-workers';

const job = defineJob({
  name: 'test.note',
  on: ['message.created'],
  queue: 'test',
  schema: z.object({ id: z.uuid(), kind: z.enum(['good', 'slow']), seq: z.int().optional() }),
  batch: 50,
  dedupe: 'the row that it writes',
  why: 'a test',
});
type Effect = (tx: Tx, events: { id: string; kind: string; seq?: number | undefined }[]) => Promise<void>;

/** One row per event: a second effect would break on its key. */
const note: Effect = async (tx, events) => {
  await tx.prisma.appUser.createMany({ data: events.map(({ id }) => ({ tenantId: tx.tenantId, id })) });
};

describe('jobs', () => {
  const log = createLogger({
    process: 'test',
    level: 'error',
    format: 'json',
    stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-queue-'));
  let database: TestDatabase;
  let db: Db;
  let admin: Client;
  let tenantId: string;
  let port: number;
  let redis: EmbeddedRedis | undefined;
  const workers: INestApplicationContext[] = [];

  const startRedis = async (): Promise<void> => {
    redis = await EmbeddedRedis.start({ dataDir: path.join(folder, 'redis'), port, persist: false });
  };

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    admin = new Client(database.adminUrl);
    await admin.connect();
    port = await freePort();
  });
  beforeEach(async () => {
    tenantId = await createTenant(db);
    if (redis === undefined) await startRedis();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.close();
    await admin.query('DELETE FROM outbox');
  });
  afterAll(async () => {
    await redis?.stop();
    await admin.end();
    await db.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(effect: Effect, { requeueMs = 300_000 } = {}): Promise<INestApplicationContext> {
    const module = await Test.createTestingModule({
      imports: [
        TelemetryModule.forRoot({ process: 'worker', log, internal: { host: '127.0.0.1', port: 0 } }),
        DatabaseModule.forRoot(dbOptions(database)),
        QueueModule.forRoot({
          url: `redis://127.0.0.1:${port}`,
          keyPrefix: 'test:',
          lockMs: 1_000,
          connectionName: 'test',
          definitions: [job],
          handlers: { imports: [], inject: [], useFactory: () => [handleJob(job, effect)] },
        }),
        OutboxRelayModule.forRoot({ definitions: [job], requeueMs }),
      ],
    }).compile();
    workers.push(await module.init());
    return module;
  }

  async function append(count: number, kind = 'good'): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7());
    await db.tx(tenantId, (tx) =>
      new OutboxAppend().append(
        tx,
        ids.map((id) => ({ id, event: 'message.created', payload: { kind } })),
        [job.name],
      ),
    );
    return ids;
  }

  const noted = (): Promise<string[]> =>
    db.tx(tenantId, async ({ prisma }) => (await prisma.appUser.findMany()).map(({ id }) => id).sort());
  const outbox = async (): Promise<{ id: string; dead: string[]; dead_reason: string | null }[]> =>
    (await admin.query<{ id: string; dead: string[]; dead_reason: string | null }>('SELECT * FROM outbox'))
      .rows;

  async function allNoted(ids: string[], timeoutMs = 20_000): Promise<void> {
    await waitFor(async () => (await noted()).length >= ids.length, { timeoutMs, message: 'all effects' });
    expect(await noted()).toEqual([...ids].sort());
    await waitFor(async () => (await outbox()).length === 0);
  }

  async function onRedis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(`redis://127.0.0.1:${port}`);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  async function metrics(worker: INestApplicationContext): Promise<string> {
    return (await fetch(`http://127.0.0.1:${worker.get(InternalServer).port}/metrics`)).text();
  }

  it('run once for each event, over two workers, and leave nothing behind', async () => {
    await start(note);
    await start(note);
    await allNoted([...(await append(400)), ...(await append(400))]);
    // A job ends a little after its effect: it rests first.
    await onRedis((client) => waitFor(async () => (await client.keys('*:*-test.note')).length === 0));
  });

  it('run one after the other in a worker: of two, one would work while the other rests', async () => {
    let running = 0;
    let most = 0;
    let jobs = 0;
    await start(async (tx, events) => {
      running += 1;
      jobs += 1;
      most = Math.max(most, running);
      await note(tx, events);
      await tx.sql`SELECT pg_sleep(0.05)::text`;
      running -= 1;
    });
    await allNoted(await append(150));
    expect(jobs).toBeGreaterThanOrEqual(3);
    expect(most).toBe(1);
  });

  it('S38: hold ids and no content', async () => {
    const canary = 'canary-of-a-text';
    await append(1, canary);
    const seen: string[] = [];
    const watcher = new Redis(`redis://127.0.0.1:${port}`);
    const monitor = await watcher.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => seen.push(args.join(' ')));
    await start(note);
    await waitFor(async () => (await outbox())[0]?.dead.length === 1);
    monitor.disconnect();
    watcher.disconnect();
    expect(seen.join('\n')).toContain(tenantId);
    expect(seen.join('\n')).not.toContain(canary);
  });

  it('F20: one poisoned message of a batch of sends goes to the dead letters, and the others go on', async () => {
    const noteSeqs: Effect = async (tx, events) => {
      if (events.some(({ seq }) => seq === 13)) throw new AppError('request.invalid', { issues: [] });
      const data = events.map(({ seq }) => ({ tenantId: tx.tenantId, id: `seq-${seq}` }));
      await tx.prisma.appUser.createMany({ data });
    };
    const conversationId = uuidv7();
    const seqs = Array.from({ length: 64 }, (_, place) => place + 1);
    const payload = { kind: 'good', conversationIds: seqs.map(() => conversationId), seqs };
    await start(noteSeqs);
    await admin.query(
      `INSERT INTO outbox (tenant_id, id, event, payload, handlers) VALUES ($1, $2, 'message.created', $3, $4)`,
      [tenantId, uuidv7(), payload, [job.name]],
    );
    const others = seqs.filter((seq) => seq !== 13).map((seq) => `seq-${seq}`);
    await waitFor(async () => (await noted()).length >= others.length, { timeoutMs: 20_000 });
    expect(await noted()).toEqual(others.sort());
    await waitFor(async () => (await outbox()).every(({ dead }) => dead.length === 1));
    expect(await outbox()).toMatchObject([
      { conversation_id: conversationId, seq: '13', payload: { kind: 'good' }, dead: [job.name] },
    ]);
  });

  it('F20: one poisoned event goes to the dead letters, with its reason, and the others go on', async () => {
    const worker = await start(note);
    const good = await append(60);
    const [poison] = await append(1, 'poison');
    good.push(...(await append(60)));
    await waitFor(async () => (await noted()).length === 120, { timeoutMs: 15_000 });
    expect(await noted()).toEqual(good.sort());
    await waitFor(async () => (await outbox())[0]?.dead.length === 1);
    expect(await outbox()).toMatchObject([{ id: poison, dead: [job.name], dead_reason: 'ZodError' }]);
    expect(await metrics(worker)).toContain('job_dead_letters_total{job="test.note",process="worker"} 1');
    await admin.query(`UPDATE outbox SET payload = '{"kind":"good"}'`);
    expect(await new OutboxEvents(db).redrive(job.name)).toBe(1);
    await allNoted([...good, poison ?? '']);
  });

  it('I15: a passing failure is tried again, and nothing of the failed attempt stays', async () => {
    let attempts = 0;
    await start(async (tx, events) => {
      await note(tx, events);
      attempts += 1;
      if (attempts <= 2) throw new Error('a passing failure');
    });
    await allNoted(await append(10));
    expect(attempts).toBe(3);
  });

  it('F18: effects cut off in the middle of their transaction, again and again, happen once', async () => {
    let cuts = 0;
    await start(
      async (tx, events) => {
        await note(tx, events);
        if (cuts < 10) {
          cuts += 1;
          await tx.sql`SELECT pg_terminate_backend(pg_backend_pid())`;
        }
      },
      { requeueMs: 2_000 },
    );
    await allNoted(await append(300), 25_000);
    expect(cuts).toBe(10);
  });

  it('F2: FLUSHALL under load loses no job', async () => {
    await start(note, { requeueMs: 1_000 });
    const ids: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      ids.push(...(await append(100)));
      await onRedis((client) => client.flushall());
    }
    await allNoted(ids);
  });

  it('F3: without Redis the jobs wait, the health says so, and all are done when it is back', async () => {
    await redis?.stop();
    const worker = await start(note, { requeueMs: 2_000 });
    const health = worker.get(Health);
    health.markServing();
    const ids = await append(50);
    expect(await health.report()).toMatchObject({
      status: 'degraded',
      checks: { 'redis-queue': { status: 'down', gating: false } },
    });
    await startRedis();
    await allNoted(ids);
    await redis?.stop();
    ids.push(...(await append(50)));
    await startRedis();
    await allNoted(ids);
    expect((await health.report()).status).toBe('ok');
  });

  it('F3: workers that were made anew take up the work', async () => {
    const worker = await start(note);
    const ids = await append(20);
    await allNoted(ids);
    await worker.get(QueueWorkers, { strict: false }).restart();
    ids.push(...(await append(20)));
    await allNoted(ids);
  });

  it('a worker that ends finishes what it has begun', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let began = false;
    const worker = await start(async (tx, events) => {
      began = true;
      await gate;
      await note(tx, events);
    });
    const ids = await append(5);
    await waitFor(() => began);
    workers.length = 0;
    const closing = worker.close();
    release();
    await closing;
    expect(await noted()).toEqual(ids.sort());
  });
});
