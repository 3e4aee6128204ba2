import { AppError, limits, type ErrorCode } from '@parley/contracts/wire';
import { Db } from '@parley/platform/database';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { Domain, serverActor, userActor } from '@parley/testing';
import { ReactionService } from '.';

describe('ReactionService', () => {
  let domain: Domain;
  let reactions: ReactionService;
  let tenantId: string;
  let keys = 0;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    reactions = domain.get(ReactionService);
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'stranger');
  });
  afterAll(() => domain.stop());

  async function message(reactionMode: 'distinct' | 'one' = 'distinct', history: 'full' | 'joined' = 'full') {
    const { conversation } = await domain.get(ConversationService).create(as('ada'), {
      kind: 'group',
      history,
      settings: { reactionMode },
      participants: [{ userId: 'grace' }],
    });
    keys += 1;
    const sent = await domain
      .get(MessageService)
      .send(as('ada'), conversation.id, { clientMessageId: `reaction-${keys}`, text: 'hello' });
    return { id: conversation.id, messageId: sent.message.id, seq: sent.message.seq };
  }

  async function seen(id: string, messageId: string, userId: string) {
    return (await domain.get(MessageService).get(as(userId), id, messageId)).reactions;
  }

  function events(id: string) {
    return domain.published
      .of<{ type: string; seq: number; actor: string; data: { key: string; count: number } }>(id)
      .filter(({ type }) => type.startsWith('reaction.'))
      .map(({ seq, type, actor, data }) => `${seq} ${type} ${actor} ${data.key} ${data.count}`);
  }

  async function code(attempt: Promise<unknown>): Promise<ErrorCode | 'none'> {
    return attempt.then(
      () => 'none' as const,
      (error: unknown) => {
        if (error instanceof AppError) return error.code;
        throw error;
      },
    );
  }

  it('counts each user once per key, in the order in which the keys came, and knows one’s own', async () => {
    const { id, messageId } = await message();
    await reactions.add(as('ada'), id, messageId, '👍');
    await reactions.add(as('grace'), id, messageId, '+1');
    const { reactions: answer } = await reactions.add(as('grace'), id, messageId, '👍');
    expect(answer).toEqual([
      { key: '👍', count: 2, mine: true },
      { key: '+1', count: 1, mine: true },
    ]);
    expect(await seen(id, messageId, 'ada')).toEqual([
      { key: '👍', count: 2, mine: true },
      { key: '+1', count: 1 },
    ]);
    const [page] = (await domain.get(MessageService).page(as('grace'), id, {})).data;
    expect(page?.reactions).toEqual(answer);
    expect(events(id)).toEqual([
      '3 reaction.added ada 👍 1',
      '4 reaction.added grace +1 1',
      '5 reaction.added grace 👍 2',
    ]);
    expect(JSON.stringify(domain.published.of(id))).not.toContain('mine');
  });

  it('takes no seq for what is so already, however many ask at once', async () => {
    const { id, messageId } = await message();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => reactions.add(as('ada'), id, messageId, '👍')),
    );
    expect(answers).toEqual(Array(6).fill({ reactions: [{ key: '👍', count: 1, mine: true }] }));
    await reactions.remove(as('ada'), id, messageId, '🎉');
    await reactions.remove(as('ada'), id, messageId, '👍');
    await reactions.remove(as('ada'), id, messageId, '👍');
    expect(events(id)).toEqual(['3 reaction.added ada 👍 1', '4 reaction.removed ada 👍 0']);
    expect(await seen(id, messageId, 'ada')).toEqual([]);
  });

  it('replaces a user’s reaction where the conversation takes one', async () => {
    const { id, messageId } = await message('one');
    await reactions.add(as('grace'), id, messageId, '👍');
    await reactions.add(as('ada'), id, messageId, '👍');
    await reactions.add(as('ada'), id, messageId, '🎉');
    expect(events(id)).toEqual([
      '3 reaction.added grace 👍 1',
      '4 reaction.added ada 👍 2',
      '5 reaction.removed ada 👍 1',
      '6 reaction.added ada 🎉 1',
    ]);
    expect(await seen(id, messageId, 'ada')).toEqual([
      { key: '👍', count: 1 },
      { key: '🎉', count: 1, mine: true },
    ]);
  });

  it('bounds the different keys of a message, and nothing of a refused one stays', async () => {
    const { id, messageId } = await message();
    for (let index = 0; index < limits.reactionKeysPerMessage; index += 1) {
      await reactions.add(as('ada'), id, messageId, `key-${index}`);
    }
    expect(await code(reactions.add(as('grace'), id, messageId, 'one-more'))).toBe('reaction.limit_reached');
    await reactions.add(as('grace'), id, messageId, 'key-7');
    await reactions.remove(as('ada'), id, messageId, 'key-0');
    await reactions.add(as('grace'), id, messageId, 'one-more');
    expect(await seen(id, messageId, 'grace')).toHaveLength(limits.reactionKeysPerMessage);
  });

  it('lists who reacted, page by page, and with which key', async () => {
    const { id, messageId } = await message();
    for (const userId of ['ada', 'grace']) {
      for (const key of ['a', 'b']) await reactions.add(as(userId), id, messageId, key);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await reactions.list(as('ada'), id, messageId, { limit: 3, cursor });
      found.push(...page.data.map(({ key, userId }) => `${key} ${userId}`));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(['a ada', 'a grace', 'b ada', 'b grace']);
    const { data } = await reactions.list(as('ada'), id, messageId, { key: 'b' });
    expect(data).toMatchObject([
      { key: 'b', userId: 'ada' },
      { key: 'b', userId: 'grace' },
    ]);
    expect(await code(reactions.list(as('stranger'), id, messageId, {}))).toBe('conversation.not_found');
  });

  it('refuses who may not see the message, and messages that take none', async () => {
    const { id, messageId } = await message('distinct', 'joined');
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]);
    const react = (userId: string) => reactions.add(as(userId), id, messageId, '👍');
    expect(await code(react('stranger'))).toBe('conversation.not_found');
    expect(await code(react('linus'))).toBe('message.not_found');
    expect(await code(reactions.add(serverActor(tenantId), id, messageId, '👍'))).toBe('actor.required');
    await react('ada');
    await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.conversation.updateMany({ where: { id }, data: { status: 'closed' } }),
      );
    expect(await code(react('grace'))).toBe('conversation.closed');
    await domain.get(MessageChangeService).delete(as('ada'), id, messageId);
    expect(await code(react('grace'))).toBe('message.deleted');
    expect(await seen(id, messageId, 'ada')).toEqual([]);
    expect((await reactions.list(as('ada'), id, messageId, {})).data).toEqual([]);
  });

  it('keeps counts right while many react at once', async () => {
    const { id, messageId } = await message();
    const users = ['ada', 'grace'];
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const userId = users[index % 2] ?? '';
        const key = `k${index % 3}`;
        return index % 5 === 0
          ? reactions.remove(as(userId), id, messageId, key)
          : reactions.add(as(userId), id, messageId, key);
      }),
    );
    const { data } = await reactions.list(as('ada'), id, messageId, {});
    const views = await seen(id, messageId, 'ada');
    for (const { key, count } of views ?? []) {
      expect(count).toBe(data.filter((entry) => entry.key === key).length);
    }
    expect(views?.reduce((sum, { count }) => sum + count, 0)).toBe(data.length);
    const { lastSeq } = await domain.get(ConversationService).get(as('ada'), id);
    expect(events(id)).toHaveLength(lastSeq - 2);
  });
});
