import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Timeline } from '@parley/domain/timeline';
import {
  SystemProcess,
  createConversation,
  createTenant,
  freePort,
  openDb,
  testDatabase,
  testRedis,
  waitFor,
} from '@parley/testing';

const rounds = 5;
const messagesPerRound = 400;

describe('I15, F18: a worker that is killed again and again', () => {
  it('leaves every search text there, each once, and nothing in the outbox', async () => {
    const database = await testDatabase();
    const redis = await testRedis();
    const db = openDb(database);
    const timeline = new Timeline(db);
    let worker: SystemProcess | undefined;
    const start = async (): Promise<SystemProcess> => {
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
    };
    try {
      const tenantId = await createTenant(db);
      const conversations = await Promise.all(
        Array.from({ length: 10 }, () => createConversation(db, tenantId, ['ada'])),
      );
      const counts = (): Promise<[number, number]> =>
        db.tx(tenantId, async ({ prisma }) => [
          await prisma.messageSearch.count(),
          await prisma.outbox.count(),
        ]);
      const send = async (index: number): Promise<void> => {
        const text = `message number ${index}`;
        await timeline.send(tenantId, {
          c: conversations[index % conversations.length] ?? '',
          s: 'ada',
          k: randomUUID(),
          h: createHash('sha256').update(text).digest('hex'),
          kind: 'text',
          t: text,
        });
      };
      const sendRound = async (round: number): Promise<void> => {
        for (let index = 0; index < messagesPerRound; index += 20) {
          const first = round * messagesPerRound + index;
          await Promise.all(Array.from({ length: 20 }, (_, offset) => send(first + offset)));
          await delay(20);
        }
      };
      for (let round = 0; round < rounds; round += 1) {
        worker = await start();
        const [before] = await counts();
        const sending = sendRound(round);
        await waitFor(async () => (await counts())[0] > before, { timeoutMs: 15_000, message: 'work' });
        await delay(Math.random() * 300);
        worker.kill('SIGKILL');
        await sending;
      }
      worker = await start();
      await waitFor(async () => (await counts())[1] === 0, { timeoutMs: 30_000, message: 'an empty outbox' });
      expect(await counts()).toEqual([rounds * messagesPerRound, 0]);
    } finally {
      await worker?.stop();
      await db.close();
      await database.drop();
    }
  }, 120_000);
});
