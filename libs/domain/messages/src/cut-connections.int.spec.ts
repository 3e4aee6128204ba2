import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { AppError } from '@parley/contracts/wire';
import { Db } from '@parley/platform/database';
import { Timeline } from '@parley/domain/timeline';
import { Domain, createConversation, userActor } from '@parley/testing';
import { MessageService } from './message.service';

const cuts = 50;

describe('connections cut at any moment (F9)', () => {
  let domain: Domain;
  let admin: Client;

  beforeAll(async () => {
    domain = await Domain.start();
    admin = new Client(domain.database.adminUrl);
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await domain.stop();
  });

  it('I1–I3: a send that is retried with its key is stored once, whatever its first answer was', async () => {
    const tenantId = await domain.tenant('ann', 'bob');
    const conversationId = await createConversation(domain.get(Db), tenantId, ['ann', 'bob']);
    const messages = domain.get(MessageService);
    const sent = new Map<string, number>();
    let running = true;

    async function sendOne(userId: string, text: string): Promise<void> {
      for (;;) {
        try {
          const input = { clientMessageId: text, text };
          const { message } = await messages.send(userActor(tenantId, userId), conversationId, input);
          expect(message).toMatchObject({ text, sender: userId });
          sent.set(text, message.seq);
          return;
        } catch (error) {
          if (!(error as AppError).retryable) throw error;
        }
      }
    }
    async function sendOn(userId: string): Promise<void> {
      while (running) await sendOne(userId, randomUUID());
    }
    const senders = Array.from({ length: 8 }, (_, index) => sendOn(index % 2 === 0 ? 'ann' : 'bob'));
    let cut = 0;
    while (cut < cuts) {
      await delay(Math.random() * 60);
      const { rowCount } = await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'parley_app'
            AND query LIKE '%timeline_send%'`,
      );
      if (rowCount) cut += 1;
    }
    running = false;
    await Promise.all(senders);

    const wanted = { conversationId, from: 1, to: 1_000_000 };
    const stored = await domain.get(Timeline).ranges(tenantId, [wanted], 1_000_000);
    const seqByText = stored.map((event): [string, number] => [
      (event.data as { text: string }).text,
      event.seq,
    ]);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    expect(new Map(seqByText)).toEqual(sent);
    expect(stored).toHaveLength(sent.size);
    expect(sent.size).toBeGreaterThan(cuts);
  }, 120_000);
});
