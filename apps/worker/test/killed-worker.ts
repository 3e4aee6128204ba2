import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Timeline } from '@parley/domain/timeline';
import type { Db } from '@parley/platform/database';
import {
  SystemProcess,
  createConversation,
  createTenant,
  freePort,
  openDb,
  testDatabase,
  testRedis,
  waitFor,
  type TestDatabase,
  type TestRedis,
} from '@parley/testing';

/** Kills the worker again and again, at random moments of its work, while messages come in (I15, F18). */
export async function killWorkers(kills: number): Promise<string> {
  const database = await testDatabase();
  const redis = await testRedis();
  const db = openDb(database);
  const running: SystemProcess[] = [];
  const start = async (): Promise<SystemProcess> => {
    const worker = await startWorker(database, redis);
    running.push(worker);
    return worker;
  };
  try {
    return await killUnderLoad(db, start, kills);
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
    await db.close();
    await database.drop();
  }
}

async function startWorker(database: TestDatabase, redis: TestRedis): Promise<SystemProcess> {
  const internalPort = await freePort();
  const environment = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.appUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    REDIS_URL: redis.url,
    REDIS_CHANNEL_PREFIX: redis.prefix,
    INTERNAL_PORT: String(internalPort),
    QUEUE_LOCK_MS: '1000',
    OUTBOX_REQUEUE_MS: '2000',
  };
  return SystemProcess.start('worker', environment, internalPort);
}

async function killUnderLoad(db: Db, start: () => Promise<SystemProcess>, kills: number): Promise<string> {
  const tenantId = await createTenant(db);
  const sender = await Sender.start(db, tenantId);
  const counts = (): Promise<[number, number]> =>
    db.tx(tenantId, async ({ prisma }) => [await prisma.messageSearch.count(), await prisma.outbox.count()]);
  let duringWork = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const worker = await start();
    const [before] = await counts();
    const killed = new AbortController();
    const sending = sender.sendUntil(killed.signal);
    await waitFor(async () => (await counts())[0] > before, { timeoutMs: 15_000, message: 'work' });
    await delay(Math.random() * 300);
    worker.kill('SIGKILL');
    if ((await counts())[1] > 0) duringWork += 1;
    killed.abort();
    await sending;
  }
  await start();
  await waitFor(async () => (await counts())[1] === 0, { timeoutMs: 60_000, message: 'an empty outbox' });
  expect(await counts()).toEqual([sender.sent, 0]);
  // Kills that find nothing to do prove nothing.
  expect(duringWork).toBeGreaterThan(kills / 2);
  return `${kills} kills, ${duringWork} of them with work open; ${sender.sent} search texts, each once, nothing left in the outbox`;
}

class Sender {
  sent = 0;

  private constructor(
    private readonly timeline: Timeline,
    private readonly tenantId: string,
    private readonly conversations: string[],
  ) {}

  static async start(db: Db, tenantId: string): Promise<Sender> {
    const conversations: string[] = [];
    for (let count = 0; count < 10; count += 1) {
      conversations.push(await createConversation(db, tenantId, ['ada']));
    }
    return new Sender(new Timeline(db), tenantId, conversations);
  }

  async sendUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all(Array.from({ length: 20 }, () => this.sendOne()));
      await delay(20);
    }
  }

  private async sendOne(): Promise<void> {
    const index = (this.sent += 1);
    const text = `message number ${index}`;
    await this.timeline.send(this.tenantId, {
      c: this.conversations[index % this.conversations.length] ?? '',
      s: 'ada',
      k: randomUUID(),
      h: createHash('sha256').update(text).digest('hex'),
      kind: 'text',
      t: text,
    });
  }
}
