import { ConversationService } from '@parley/domain/conversations';
import { MessageService } from '@parley/domain/messages';
import { Domain, serverActor, userActor } from '@parley/testing';
import { Db } from '@parley/platform/database';
import { ParticipantService } from './participant.service';

describe('ParticipantService', () => {
  let domain: Domain;
  let participants: ParticipantService;
  let tenantId: string;
  let keys = 0;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    participants = domain.get(ParticipantService);
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'margaret', 'stranger');
  });

  afterAll(() => domain.stop());

  async function group(history: 'full' | 'joined' = 'full', members: string[] = ['grace']): Promise<string> {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants: members.map((userId) => ({ userId })) });
    return conversation.id;
  }

  function say(conversationId: string, userId: string, text = 'hello') {
    return domain
      .get(MessageService)
      .send(as(userId), conversationId, { clientMessageId: `message-${(keys += 1)}`, text });
  }

  async function read(conversationId: string, userId: string): Promise<number[]> {
    const { data } = await domain.get(MessageService).page(as(userId), conversationId, { limit: 200 });
    return data.map(({ seq }) => seq);
  }

  it('adds several by one change, and tells it', async () => {
    const conversationId = await group();
    const { participants: added } = await participants.add(as('ada'), conversationId, [
      { userId: 'linus', label: 'artist' },
      { userId: 'margaret', role: 'admin' },
    ]);
    expect(added).toMatchObject([
      { userId: 'linus', role: 'member', label: 'artist', visibleFrom: 1, leftSeq: null },
      { userId: 'margaret', role: 'admin', label: null, visibleFrom: 1, leftSeq: null },
    ]);
    expect(domain.published.of(conversationId)).toMatchObject([
      { seq: 1, type: 'participant.joined' },
      {
        seq: 2,
        type: 'participant.joined',
        actor: 'ada',
        data: { participants: [{ userId: 'linus' }, { userId: 'margaret' }] },
      },
    ]);
  });

  it('leaves who is in already as it is, and gives such an addition no change', async () => {
    const conversationId = await group();
    const [first] = (await participants.add(as('ada'), conversationId, [{ userId: 'linus', role: 'admin' }]))
      .participants;
    const again = await participants.add(as('ada'), conversationId, [{ userId: 'linus', role: 'guest' }]);
    expect(again.participants).toEqual([first]);
    const [, mixed] = (
      await participants.add(as('ada'), conversationId, [{ userId: 'linus' }, { userId: 'margaret' }])
    ).participants;
    expect(mixed).toMatchObject({ userId: 'margaret' });
    expect(domain.published.of(conversationId).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('adds one person once, however many add it at the same time', async () => {
    const conversationId = await group();
    await Promise.all(
      Array.from({ length: 12 }, () => participants.add(as('ada'), conversationId, [{ userId: 'linus' }])),
    );
    expect(domain.published.of(conversationId).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('shows a conversation with joined history from the join on, and again from the next join on', async () => {
    const conversationId = await group('joined');
    await say(conversationId, 'ada'); // 2
    await participants.add(as('ada'), conversationId, [{ userId: 'linus' }]); // 3
    await say(conversationId, 'ada'); // 4
    expect(await read(conversationId, 'linus')).toEqual([4]);
    await participants.remove(as('linus'), conversationId, 'linus'); // 5
    await say(conversationId, 'ada'); // 6
    expect(await read(conversationId, 'linus')).toEqual([4]);
    const { participants: again } = await participants.add(as('ada'), conversationId, [{ userId: 'linus' }]); // 7
    await say(conversationId, 'ada'); // 8
    expect(again).toMatchObject([{ visibleFrom: 7, leftSeq: null }]);
    expect(await read(conversationId, 'linus')).toEqual([8]);
    expect(await read(conversationId, 'ada')).toEqual([2, 4, 6, 8]);
  });

  it('has nothing unread for who just joined', async () => {
    const conversationId = await group();
    await say(conversationId, 'ada');
    await say(conversationId, 'ada');
    await participants.add(as('ada'), conversationId, [{ userId: 'linus' }]);
    const row = await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.participant.findFirstOrThrow({ where: { tenantId, conversationId, userId: 'linus' } }),
      );
    expect(row).toMatchObject({ readSeq: 4n, readOrdinal: 2n, ownAfterRead: 0n, unreadFromSeq: null });
  });

  it('removes with a place of its own: the last thing that the removed one may see', async () => {
    const conversationId = await group();
    await say(conversationId, 'ada');
    const { participant } = await participants.remove(as('ada'), conversationId, 'grace');
    await say(conversationId, 'ada');
    expect(participant).toMatchObject({ userId: 'grace', leftSeq: 3 });
    expect(domain.published.of(conversationId)[2]).toMatchObject({
      type: 'participant.left',
      actor: 'ada',
      data: { userId: 'grace', reason: 'removed' },
    });
    expect(await read(conversationId, 'grace')).toEqual([2]);
    await expect(participants.remove(as('ada'), conversationId, 'grace')).rejects.toMatchObject({
      code: 'participant.not_found',
    });
    await expect(participants.list(as('grace'), conversationId, {})).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
  });

  it('lets anybody leave, but the last owner only when nobody stays behind', async () => {
    const conversationId = await group();
    await expect(participants.remove(as('ada'), conversationId, 'ada')).rejects.toMatchObject({
      code: 'participant.last_owner',
    });
    await expect(
      participants.update(as('ada'), conversationId, 'ada', { role: 'member' }),
    ).rejects.toMatchObject({ code: 'participant.last_owner' });
    await participants.update(as('ada'), conversationId, 'grace', { role: 'owner' });
    await participants.remove(as('ada'), conversationId, 'ada');
    const { participant } = await participants.remove(as('grace'), conversationId, 'grace');
    expect(participant).toMatchObject({ userId: 'grace', role: 'owner', leftSeq: 4 });
  });

  it('of two owners that leave at the same time, one stays', async () => {
    const conversationId = await group('full', ['grace', 'linus']);
    await participants.update(as('ada'), conversationId, 'grace', { role: 'owner' });
    const results = await Promise.allSettled(
      ['ada', 'grace'].map((userId) => participants.remove(as(userId), conversationId, userId)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('tells of a new role and label', async () => {
    const conversationId = await group();
    const { participant } = await participants.update(as('ada'), conversationId, 'grace', {
      role: 'admin',
      label: 'agent',
    });
    expect(participant).toMatchObject({ role: 'admin', label: 'agent' });
    expect(domain.published.of(conversationId).at(-1)).toMatchObject({
      type: 'participant.updated',
      data: { userId: 'grace', role: 'admin', label: 'agent' },
    });
    const again = await participants.update(as('ada'), conversationId, 'grace', { role: 'admin' });
    expect(again.participant).toEqual(participant);
    expect(domain.published.of(conversationId).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('S12: refuses what a role may not do, and writes nothing', async () => {
    const conversationId = await group('full', ['grace', 'linus']);
    await participants.update(as('ada'), conversationId, 'grace', { role: 'admin' });
    const before = domain.published.of(conversationId).length;
    const denied = { code: 'permission.denied' };
    await expect(
      participants.add(as('linus'), conversationId, [{ userId: 'margaret' }]),
    ).rejects.toMatchObject(denied);
    await expect(
      participants.add(as('grace'), conversationId, [{ userId: 'margaret', role: 'owner' }]),
    ).rejects.toMatchObject(denied);
    await expect(participants.remove(as('grace'), conversationId, 'ada')).rejects.toMatchObject(denied);
    await expect(
      participants.update(as('grace'), conversationId, 'linus', { role: 'admin' }),
    ).rejects.toMatchObject(denied);
    await expect(participants.list(serverActor(tenantId, []), conversationId, {})).rejects.toMatchObject({
      code: 'scope.missing',
    });
    expect(domain.published.of(conversationId)).toHaveLength(before);
  });

  it('S36: has one answer for a stranger, another tenant and a conversation that does not exist', async () => {
    const conversationId = await group();
    const otherTenant = await domain.tenant('ada');
    const attempts = [
      [as('stranger'), conversationId],
      [userActor(otherTenant, 'ada'), conversationId],
      [serverActor(otherTenant), conversationId],
      [as('ada'), '0190a0a0-0000-7000-8000-000000000001'],
    ] as const;
    for (const [actor, id] of attempts) {
      const calls = [
        () => participants.add(actor, id, [{ userId: 'ada' }]),
        () => participants.remove(actor, id, 'ada'),
        () => participants.update(actor, id, 'ada', { label: 'x' }),
        () => participants.list(actor, id, {}),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ code: 'conversation.not_found' });
    }
  });

  it('names the users that do not exist', async () => {
    const conversationId = await group();
    await expect(
      participants.add(as('ada'), conversationId, [{ userId: 'linus' }, { userId: 'nobody' }]),
    ).rejects.toMatchObject({ code: 'request.invalid', issues: [{ path: 'participants.1.userId' }] });
    expect(domain.published.of(conversationId)).toHaveLength(1);
  });

  it('never changes who is in a direct conversation', async () => {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'direct', participants: [{ userId: 'margaret' }] });
    const fixed = { code: 'participant.direct_fixed' };
    await expect(participants.add(as('ada'), conversation.id, [{ userId: 'linus' }])).rejects.toMatchObject(
      fixed,
    );
    await expect(participants.remove(as('margaret'), conversation.id, 'margaret')).rejects.toMatchObject(
      fixed,
    );
  });

  it('lets nobody into a closed conversation', async () => {
    const conversationId = await group();
    await domain.get(Db).tx(tenantId, ({ prisma }) =>
      prisma.conversation.updateMany({
        where: { tenantId, id: conversationId },
        data: { status: 'closed' },
      }),
    );
    await expect(participants.add(as('ada'), conversationId, [{ userId: 'linus' }])).rejects.toMatchObject({
      code: 'conversation.closed',
    });
  });

  it('lists current participants in pages, also those with long ids', async () => {
    const longIds = ['𝔸', '𝔹', 'ℂ'].map((letter) => letter.repeat(128 / letter.length));
    const own = await domain.tenant('ada', ...longIds);
    const { conversation } = await domain.get(ConversationService).create(userActor(own, 'ada'), {
      kind: 'channel',
      participants: longIds.map((userId) => ({ userId })),
    });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await participants.list(userActor(own, 'ada'), conversation.id, { limit: 1, cursor });
      seen.push(...page.data.map(({ userId }) => userId));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen)).toEqual(new Set(['ada', ...longIds]));
    expect(seen).toHaveLength(4);
  });
});
