import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationView, MessagePage } from '@parley/contracts/wire';
import { RestError, startSystem, waitFor, type System } from '@parley/testing';
import { ReturningClient } from './returning-client';

describe('a rolling restart under load (F16)', () => {
  let system: System;
  const clients: ReturningClient[] = [];

  beforeAll(async () => {
    system = await startSystem();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await system.stop();
  }, 30_000);

  async function textsOf(conversationId: string): Promise<string[]> {
    const texts: string[] = [];
    for (let after = 0; ;) {
      const path = `/v1/conversations/${conversationId}/messages?after=${after}&limit=200`;
      const page = await system.rest<MessagePage>('GET', path, undefined, await system.token('user-0'));
      texts.push(...page.data.map(({ text }) => text));
      if (page.page.after === null) return texts;
      after = page.page.after;
    }
  }

  it('both gateways, api and worker: nothing is lost, nothing fails after a retry, acks in flight finish', async () => {
    const users = Array.from({ length: 10 }, (_, index) => `user-${index}`);
    const tokens = await Promise.all(users.map((userId) => system.token(userId)));
    const token = tokens[0] ?? '';
    const participants = users.slice(1).map((userId) => ({ userId }));
    const body = { kind: 'group', participants };
    const { id } = await system.rest<ConversationView>('POST', '/v1/conversations', body, token);
    clients.push(...tokens.map((each, index) => new ReturningClient(system.gatewayUrls, each, index)));
    await Promise.all(clients.map((client) => client.ready()));
    const sending = clients.map((client) => client.sendOn(id, 20));

    const restTexts: string[] = [];
    let restRunning = true;
    const overRest = (async () => {
      while (restRunning) {
        const text = randomUUID();
        const message = { clientMessageId: text, text };
        await waitFor(
          async () => {
            // A refused connection is tried again; an answer must be a good one.
            await system
              .rest('POST', `/v1/conversations/${id}/messages`, message, token)
              .catch((error: unknown) => {
                if (error instanceof RestError && error.status !== 503)
                  restTexts.push(`refused: ${error.message}`);
                throw error;
              });
            return true;
          },
          { timeoutMs: 20_000 },
        );
        restTexts.push(text);
        await delay(20);
      }
    })();

    await delay(1_000);
    const exitCodes: (number | null)[] = [];
    for (const process of system.processes) {
      exitCodes.push(await process.restart());
      await delay(500);
    }
    for (const client of clients) client.stop();
    restRunning = false;
    await Promise.all([...sending, overRest]);

    expect(exitCodes).toEqual(system.processes.map(() => 0));
    expect(clients.flatMap(({ refused }) => refused)).toEqual([]);
    expect(clients.reduce((sum, { unanswered }) => sum + unanswered, 0)).toBe(0);
    const sent = [...restTexts, ...clients.flatMap(({ acked }) => acked)].sort();
    expect(sent.length).toBeGreaterThan(500);
    expect((await textsOf(id)).sort()).toEqual(sent);
  }, 120_000);
});
