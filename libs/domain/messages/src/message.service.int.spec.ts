import { randomUUID } from 'node:crypto';
import type { AppError } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { ParticipantService } from '@parley/domain/participants';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { MessageService, type SendInput } from './message.service';

describe('MessageService', () => {
  let domain: Domain;
  let messages: MessageService;
  let tenantId: string;
  const crowd = Array.from({ length: 500 }, (_, index) => `user-${index}`);

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    messages = domain.get(MessageService);
    tenantId = await domain.tenant('ada', 'grace', 'linus', ...crowd);
  });

  afterAll(() => domain.stop());

  async function group(history: 'full' | 'joined' = 'full', members = ['grace']): Promise<string> {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants: members.map((userId) => ({ userId })) });
    return conversation.id;
  }

  function input(fields: Partial<SendInput> = {}): SendInput {
    return { clientMessageId: randomUUID(), text: 'hello', ...fields };
  }

  it('returns and publishes a message exactly as it is read afterwards', async () => {
    const conversationId = await group();
    const root = (await messages.send(as('grace'), conversationId, input({ text: 'root' }))).message;
    const { message, duplicate } = await messages.send(
      as('ada'),
      conversationId,
      input({
        text: 'ünïcode 🎉',
        replyTo: { id: root.id, seq: root.seq },
        threadRoot: { id: root.id, seq: root.seq },
        mentions: [{ userId: 'grace' }],
        metadata: { z: 1, a: { deep: [1.5, null, 'x'] } },
      }),
    );
    expect(duplicate).toBe(false);
    expect(await messages.get(as('grace'), conversationId, message.id)).toEqual({
      ...message,
      reactions: [],
    });
    expect(domain.published.of(conversationId).at(-1)).toEqual({
      id: message.id,
      type: 'message.created',
      conversationId,
      seq: 3,
      actor: 'ada',
      at: message.at,
      data: message,
    });
  });

  it('I3: 200 concurrent sends of one clientMessageId make one message, told once', async () => {
    const conversationId = await group();
    const same = input({ text: 'once' });
    const results = await Promise.all(
      Array.from({ length: 200 }, () => messages.send(as('ada'), conversationId, same)),
    );
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(results.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    expect(domain.published.of(conversationId).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('I4: 500 senders into one conversation make a dense order', async () => {
    const conversationId = await group('full', crowd.slice(0, 100));
    for (let from = 100; from < crowd.length; from += 100) {
      const next = crowd.slice(from, from + 100).map((userId) => ({ userId }));
      await domain.get(ParticipantService).add(as('ada'), conversationId, next);
    }
    const results = await Promise.all(
      crowd.map((userId) => messages.send(as(userId), conversationId, input())),
    );
    const seqs = results.map(({ message }) => message.seq).sort((a, b) => a - b);
    expect(seqs).toEqual(crowd.map((_, index) => index + 6));
  });

  it('refuses another body under the same clientMessageId', async () => {
    const conversationId = await group();
    const first = input();
    await messages.send(as('ada'), conversationId, first);
    await expect(messages.send(as('ada'), conversationId, { ...first, text: 'other' })).rejects.toMatchObject(
      {
        code: 'message.key_conflict',
      },
    );
    // The same name of another sender is another message.
    expect((await messages.send(as('grace'), conversationId, first)).duplicate).toBe(false);
  });

  it('gives a removed member the message of its retry, and stores nothing new of it', async () => {
    const conversationId = await group();
    const sent = input();
    const { message } = await messages.send(as('grace'), conversationId, sent);
    await domain.get(ParticipantService).remove(as('ada'), conversationId, 'grace');
    expect(await messages.send(as('grace'), conversationId, sent)).toEqual({ message, duplicate: true });
    await expect(messages.send(as('grace'), conversationId, input())).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
  });

  it('names the reference that is not there, or not visible to the sender', async () => {
    const conversationId = await group('joined');
    const early = (await messages.send(as('ada'), conversationId, input())).message;
    await domain.get(ParticipantService).add(as('ada'), conversationId, [{ userId: 'linus' }]);
    const refused = (path: string) => ({ code: 'message.reply_not_found', issues: [{ path }] });
    const hidden = { id: early.id, seq: early.seq };
    await expect(
      messages.send(as('linus'), conversationId, input({ replyTo: hidden })),
    ).rejects.toMatchObject(refused('replyTo'));
    await expect(
      messages.send(as('ada'), conversationId, input({ threadRoot: { id: randomUUID(), seq: early.seq } })),
    ).rejects.toMatchObject(refused('threadRoot'));
  });

  it('stores nothing in a closed conversation', async () => {
    const conversationId = await group();
    await domain.get(Db).tx(tenantId, ({ prisma }) =>
      prisma.conversation.updateMany({
        where: { tenantId, id: conversationId },
        data: { status: 'closed' },
      }),
    );
    await expect(messages.send(as('ada'), conversationId, input())).rejects.toMatchObject({
      code: 'conversation.closed',
    });
  });

  it('tells why the rules of a conversation refuse, and in slow mode for how long', async () => {
    const conversationId = await group();
    const send = (userId: string) => messages.send(as(userId), conversationId, input());
    const rule = (data: { posting?: string; slowModeSeconds?: number; blocked?: boolean }) =>
      domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.conversation.updateMany({ where: { tenantId, id: conversationId }, data }),
        );
    await rule({ posting: 'admins' });
    await expect(send('grace')).rejects.toMatchObject({ code: 'message.posting_denied', retryable: false });
    await expect(send('ada')).resolves.toMatchObject({ duplicate: false });
    await rule({ posting: 'everyone', slowModeSeconds: 30 });
    await send('grace');
    const refusal = await send('grace').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'message.slow_mode', kind: 'rate_limited', retryable: true });
    const { retryAfterMs } = refusal as AppError;
    expect(retryAfterMs).toBeGreaterThan(20_000);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
    await rule({ slowModeSeconds: 0, blocked: true });
    await expect(send('grace')).rejects.toMatchObject({ code: 'user.blocked', kind: 'forbidden' });
    expect(domain.published.of(conversationId).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('sends for a user by a server key, and reads everything by one that acts for nobody', async () => {
    const conversationId = await group('joined');
    await expect(messages.send(serverActor(tenantId), conversationId, input())).rejects.toMatchObject({
      code: 'actor.required',
    });
    await messages.send({ ...serverActor(tenantId), userId: 'grace' }, conversationId, input());
    const { data } = await messages.page(serverActor(tenantId), conversationId, {});
    expect(data).toMatchObject([{ sender: 'grace', seq: 2 }]);
    await expect(messages.page(serverActor(tenantId, ['users']), conversationId, {})).rejects.toMatchObject({
      code: 'scope.missing',
    });
  });

  it('S36: has one answer for strangers, other tenants and what does not exist', async () => {
    const conversationId = await group();
    const { message } = await messages.send(as('ada'), conversationId, input());
    const otherTenant = await domain.tenant('ada');
    const actors = [
      as('linus'),
      userActor(otherTenant, 'ada'),
      { ...serverActor(otherTenant), userId: 'ada' },
    ];
    for (const actor of actors) {
      const calls = [
        () => messages.send(actor, conversationId, input()),
        () => messages.page(actor, conversationId, {}),
        () => messages.get(actor, conversationId, message.id),
        () => messages.thread(actor, conversationId, message.id, {}),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ code: 'conversation.not_found' });
    }
    await expect(messages.page(serverActor(otherTenant), conversationId, {})).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
  });

  it('hides single messages from before a join and after a leaving', async () => {
    const conversationId = await group('joined');
    const early = (await messages.send(as('ada'), conversationId, input())).message;
    await domain.get(ParticipantService).add(as('ada'), conversationId, [{ userId: 'linus' }]);
    const seen = (await messages.send(as('ada'), conversationId, input())).message;
    await domain.get(ParticipantService).remove(as('ada'), conversationId, 'linus');
    const late = (await messages.send(as('ada'), conversationId, input())).message;
    expect(await messages.get(as('linus'), conversationId, seen.id)).toEqual({ ...seen, reactions: [] });
    for (const { id } of [early, late]) {
      await expect(messages.get(as('linus'), conversationId, id)).rejects.toMatchObject({
        code: 'message.not_found',
      });
    }
    const other = await group();
    await expect(messages.get(as('ada'), other, seen.id)).rejects.toMatchObject({
      code: 'message.not_found',
    });
  });

  it('pages around any place, and through a thread', async () => {
    const conversationId = await group();
    const root = (await messages.send(as('ada'), conversationId, input({ text: 'root' }))).message;
    for (let index = 0; index < 9; index += 1) {
      const threadRoot = index % 3 === 0 ? { id: root.id, seq: root.seq } : undefined;
      await messages.send(as('ada'), conversationId, input({ threadRoot }));
    }
    const around = await messages.page(as('grace'), conversationId, { around: 6, limit: 4 });
    expect(around.data.map(({ seq }) => seq)).toEqual([5, 6, 7, 8]);
    expect(around.page).toEqual({ before: 5, after: 8 });
    const thread = await messages.thread(as('grace'), conversationId, root.id, { limit: 2, after: 0 });
    expect(thread.data.map(({ seq }) => seq)).toEqual([3, 6]);
    expect(thread.page.after).toBe(6);
  });
});
