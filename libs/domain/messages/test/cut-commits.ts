import { randomUUID } from 'node:crypto';
import type { AppError } from '@parley/contracts/wire';
import { Db } from '@parley/platform/database';
import { Timeline } from '@parley/domain/timeline';
import { Domain, createConversation, userActor, waitFor } from '@parley/testing';
import { MessageService } from '@parley/domain/messages';
import { BatchCutter, cutPlaces } from './batch-cutter';

/** Sends while the connection breaks so many times between a batch and its answer, and repeats with the same key (F9). */
export async function cutCommits(cuts: number): Promise<string> {
  const cutters: BatchCutter[] = [];
  const domain = await Domain.start(async (database) => {
    const cutter = await BatchCutter.listen(database.appUrl);
    cutters.push(cutter);
    return { ...database, appUrl: cutter.url };
  });
  try {
    const [cutter] = cutters;
    if (cutter === undefined) throw new RangeError('the domain has not asked for its database');
    return await sendWhileCutting(domain, cutter, cuts);
  } finally {
    await domain.stop();
    await Promise.all(cutters.map((cutter) => cutter.close()));
  }
}

async function sendWhileCutting(domain: Domain, cutter: BatchCutter, cuts: number): Promise<string> {
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
  try {
    while (cutter.total < cuts) {
      const { total } = cutter;
      cutter.arm();
      await waitFor(() => cutter.total > total, { message: 'a batch to be cut off' });
      const { size } = sent;
      await waitFor(() => sent.size > size, { message: 'the sends to go on' });
    }
  } finally {
    running = false;
    await Promise.all(senders);
  }

  const wanted = { conversationId, from: 1, to: 1_000_000 };
  const stored = await domain.get(Timeline).ranges(tenantId, [wanted], 1_000_000);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(new Map(stored.map(({ data, seq }) => [(data as { text: string }).text, seq]))).toEqual(sent);
  expect(stored).toHaveLength(sent.size);
  expect(sent.size).toBeGreaterThan(cuts);
  for (const place of cutPlaces) expect(cutter.cuts[place]).toBeGreaterThanOrEqual(Math.floor(cuts / 5));
  return `${cutter.total} cuts ${JSON.stringify(cutter.cuts)}: ${sent.size} messages, each stored once at the place that was told`;
}
