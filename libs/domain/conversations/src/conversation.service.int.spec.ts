import { ParticipantService } from '@parley/domain/participants';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { ConversationService } from './conversation.service';

describe('ConversationService', () => {
  let domain: Domain;
  let conversations: ConversationService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    conversations = domain.get(ConversationService);
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });

  afterAll(() => domain.stop());

  it('makes a group whose creator owns it, and tells everybody in it', async () => {
    const { conversation, created } = await conversations.create(as('ada'), {
      kind: 'group',
      title: 'Plans',
      subject: { type: 'order', id: '7' },
      metadata: { colour: 'blue' },
      participants: [{ userId: 'grace', label: 'agent' }],
    });
    expect(created).toBe(true);
    expect(conversation).toMatchObject({
      kind: 'group',
      status: 'active',
      title: 'Plans',
      subject: { type: 'order', id: '7' },
      metadata: { colour: 'blue' },
      lastSeq: 1,
      messageCount: 0,
      lastMessage: null,
      me: {
        userId: 'ada',
        role: 'owner',
        visibleFrom: 1,
        readSeq: 1,
        unread: 0,
        settings: {
          pinned: false,
          archived: false,
          hidden: false,
          mutedUntil: null,
          notificationLevel: 'all',
        },
      },
    });
    expect(domain.published.of(conversation.id)).toMatchObject([
      {
        seq: 1,
        type: 'participant.joined',
        actor: 'ada',
        data: { participants: [{ userId: 'grace' }, { userId: 'ada' }] },
      },
    ]);
    const told = domain.published.userEvents.at(-1);
    const { me: _, ...everybodys } = conversation;
    expect(told).toMatchObject({ tenantId, type: 'conversation.created', userIds: ['grace', 'ada'] });
    expect(JSON.parse(told?.json ?? '')).toEqual({
      type: 'conversation.created',
      at: conversation.createdAt,
      data: everybodys,
    });
  });

  it('makes one direct conversation of two people, whoever asks, also at the same time', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? conversations.create(as('ada'), { kind: 'direct', participants: [{ userId: 'grace' }] })
          : conversations.create(as('grace'), { kind: 'direct', participants: [{ userId: 'ada' }] }),
      ),
    );
    expect(new Set(results.map(({ conversation }) => conversation.id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    const id = results[0]?.conversation.id ?? '';
    expect(domain.published.of(id)).toHaveLength(1);
    expect(results.map(({ conversation }) => conversation.me?.userId)).toEqual(
      results.map((_, index) => (index % 2 === 0 ? 'ada' : 'grace')),
    );
  });

  it('keeps conversations of different subjects apart, and finds a distinct one again', async () => {
    const about = (id: string, distinct = true) =>
      conversations.create(as('ada'), {
        kind: 'group',
        distinct,
        subject: { type: 'booking', id },
        participants: [{ userId: 'grace' }],
      });
    const first = await about('1');
    expect(await about('1')).toMatchObject({ created: false, conversation: { id: first.conversation.id } });
    expect((await about('2')).created).toBe(true);
    expect((await about('1', false)).created).toBe(true);
  });

  it('shows an existing distinct conversation to nobody who has left it', async () => {
    const input = {
      kind: 'group' as const,
      distinct: true,
      participants: [{ userId: 'linus' }, { userId: 'grace' }],
    };
    const { conversation } = await conversations.create(as('ada'), input);
    await domain.get(ParticipantService).remove(as('linus'), conversation.id, 'linus');
    await expect(
      conversations.create(as('linus'), { ...input, participants: [{ userId: 'ada' }, { userId: 'grace' }] }),
    ).rejects.toMatchObject({ code: 'conversation.not_found' });
  });

  it('names unknown users and writes nothing', async () => {
    const before = domain.published.events.length;
    await expect(
      conversations.create(as('ada'), {
        kind: 'group',
        title: 'unwritten',
        participants: [{ userId: 'grace' }, { userId: 'nobody' }],
      }),
    ).rejects.toMatchObject({ code: 'request.invalid', issues: [{ path: 'participants.1.userId' }] });
    const count = await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) => prisma.conversation.count({ where: { title: 'unwritten' } }));
    expect([count, domain.published.events.length]).toEqual([0, before]);
  });

  it('lets a server key make conversations of others, and see all of its tenant’s', async () => {
    const { conversation } = await conversations.create(serverActor(tenantId), {
      kind: 'channel',
      participants: [{ userId: 'grace', role: 'owner' }],
    });
    expect(conversation.me).toBeUndefined();
    expect(await conversations.get(serverActor(tenantId), conversation.id)).toEqual(conversation);
    expect((await conversations.get(as('grace'), conversation.id)).me).toMatchObject({ role: 'owner' });
    await expect(
      conversations.get(serverActor(tenantId, ['messages']), conversation.id),
    ).rejects.toMatchObject({
      code: 'scope.missing',
    });
  });

  it('S36: has one answer for strangers, former participants, other tenants and what does not exist', async () => {
    const { conversation } = await conversations.create(as('ada'), {
      kind: 'group',
      participants: [{ userId: 'linus' }],
    });
    await domain.get(ParticipantService).remove(as('linus'), conversation.id, 'linus');
    const otherTenant = await domain.tenant('ada');
    for (const actor of [as('grace'), as('linus'), userActor(otherTenant, 'ada'), serverActor(otherTenant)]) {
      await expect(conversations.get(actor, conversation.id)).rejects.toMatchObject({
        code: 'conversation.not_found',
      });
    }
  });
});
