import { randomUUID } from 'node:crypto';
import type { ConversationPageQueryDto } from '@parley/contracts/dto';
import type { ConversationView, SettingsUpdatedData } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { ReactionService } from '@parley/domain/reactions';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { InboxService } from './inbox.service';
import { ReadService } from './read.service';

describe('InboxService', () => {
  let domain: Domain;
  let inbox: InboxService;
  let tenantId: string;
  /** Ada's conversations with Grace, in the order of their making. */
  let ids: string[];

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    inbox = domain.get(InboxService);
  });
  afterAll(() => domain.stop());

  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
    ids = [];
    for (let index = 0; index < 7; index += 1) {
      const { conversation } = await domain.get(ConversationService).create(as('ada'), {
        kind: index % 2 === 0 ? 'group' : 'channel',
        title: index === 2 ? 'größe 100% _sure_' : `Order ${index}`,
        subject: { type: 'order', id: String(index) },
        participants: [{ userId: 'grace' }],
      });
      ids.push(conversation.id);
    }
    for (const index of [3, 0]) await say(index);
  });

  const idOf = (index: number): string => ids[index] ?? '';

  async function say(index: number, text = 'hello', userId = 'ada'): Promise<void> {
    const input = { clientMessageId: randomUUID(), text };
    await domain.get(MessageService).send(as(userId), idOf(index), input);
  }

  async function listed(userId: string, query: ConversationPageQueryDto = {}): Promise<number[]> {
    const found: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await inbox.list(as(userId), { ...query, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.data.map(({ id }) => ids.indexOf(id)));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  async function shown(userId: string, index: number): Promise<ConversationView> {
    return domain.get(ConversationService).get(as(userId), idOf(index));
  }

  it('begins with the last active, page after page', async () => {
    expect(await listed('ada', { limit: 2 })).toEqual([0, 3, 6, 5, 4, 2, 1]);
    expect(await listed('ada')).toEqual([0, 3, 6, 5, 4, 2, 1]);
    await say(4);
    expect(await listed('ada')).toEqual([4, 0, 3, 6, 5, 2, 1]);
  });

  it('shows the newest message and what is unread of each, the same way as a conversation by itself', async () => {
    await say(3, 'newest');
    const { data } = await inbox.list(as('grace'), { limit: 2 });
    expect(data).toMatchObject([
      { id: idOf(3), lastMessage: { text: 'newest', seq: 3 }, me: { readSeq: 1, unread: 2 } },
      { id: idOf(0), lastMessage: { text: 'hello', seq: 2 }, me: { readSeq: 1, unread: 1 } },
    ]);
    expect(data[0]).toEqual(await shown('grace', 3));
    expect((await shown('grace', 6)).lastMessage).toBeNull();
  });

  it('shows the newest message as a page of messages does, with its reactions and the rules for them', async () => {
    const { message } = await domain
      .get(MessageService)
      .send(as('ada'), idOf(3), { clientMessageId: randomUUID(), text: 'newest' });
    await domain.get(ReactionService).add(as('grace'), idOf(3), message.id, 'tada');
    const { data } = await inbox.list(as('grace'), { limit: 1 });
    expect(data).toMatchObject([{ settings: { reactionMode: 'distinct' } }]);
    const page = await domain.get(MessageService).page(as('grace'), idOf(3), {});
    expect(data[0]?.lastMessage).toEqual(page.data.at(-1));
    expect(data[0]?.lastMessage?.reactions).toEqual([{ key: 'tada', count: 1, mine: true }]);
    expect((await shown('ada', 3)).lastMessage?.reactions).toEqual([{ key: 'tada', count: 1 }]);
  });

  it('I9, I11: neither shows nor counts what was deleted', async () => {
    const { message } = await domain
      .get(MessageService)
      .send(as('ada'), idOf(3), { clientMessageId: randomUUID(), text: 'secret' });
    expect((await shown('grace', 3)).me?.unread).toBe(2);
    await domain.get(MessageChangeService).delete(as('ada'), idOf(3), message.id);
    const { data } = await inbox.list(as('grace'), { limit: 1 });
    expect(data).toMatchObject([
      { id: idOf(3), lastMessage: { id: message.id, text: '', reactions: [] }, me: { unread: 1 } },
    ]);
    expect(data[0]?.lastMessage?.deletedAt).not.toBeNull();
    expect(JSON.stringify([data, await shown('grace', 3)])).not.toContain('secret');
    expect(await domain.get(ReadService).totals(as('grace'))).toMatchObject({ messages: 2 });
  });

  it('shows no message from before a join that begins the history', async () => {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history: 'joined' });
    ids.push(conversation.id);
    await say(7, 'secret');
    await domain.get(ParticipantService).add(as('ada'), conversation.id, [{ userId: 'linus' }]);
    const { data } = await inbox.list(as('linus'), {});
    expect(data).toMatchObject([
      { id: conversation.id, lastMessage: null, me: { unread: 0, visibleFrom: 3 } },
    ]);
  });

  it('filters by kind, subject, status and a part of the title', async () => {
    expect(await listed('ada', { kind: 'channel' })).toEqual([3, 5, 1]);
    expect(await listed('ada', { subjectType: 'order', subjectId: '4' })).toEqual([4]);
    expect(await listed('ada', { subjectType: 'booking' })).toEqual([]);
    expect(await listed('ada', { status: 'closed' })).toEqual([]);
    expect(await listed('ada', { status: 'active', kind: 'channel' })).toEqual([3, 5, 1]);
    expect(await listed('ada', { q: 'ORDER 10' })).toEqual([]);
    expect(await listed('ada', { q: 'größe 100% _SURE' })).toEqual([2]);
    expect(await listed('ada', { q: '%' })).toEqual([2]);
    expect(await listed('ada', { q: 'order' })).toEqual([0, 3, 6, 5, 4, 1]);
    expect(await listed('ada', { q: 'GRÖSSE' })).toEqual([]);
    expect(await listed('ada', { q: 'GRÖßE' })).toEqual([2]);
  });

  it('finds conversations by the names of the others in them, where those are few', async () => {
    await domain.get(Db).tx(tenantId, async ({ prisma }) => {
      await prisma.appUser.update({
        where: { tenantId_id: { tenantId, id: 'linus' } },
        data: { name: 'Zoë Ünal' },
      });
      await prisma.appUser.update({
        where: { tenantId_id: { tenantId, id: 'ada' } },
        data: { name: 'Zoë Lovelace' },
      });
    });
    const participants = domain.get(ParticipantService);
    await participants.add(as('ada'), idOf(4), [{ userId: 'linus' }]);
    expect(await listed('ada', { q: 'ünal' })).toEqual([4]);
    expect(await listed('ada', { q: 'ZOË' })).toEqual([4]);
    // Of whoever has no name, the id is shown, and found.
    expect(await listed('linus', { q: 'grace' })).toEqual([4]);
    // Nobody finds what it is not in, nor people who have left.
    expect(await listed('linus', { q: 'zoë l' })).toEqual([4]);
    await participants.remove(as('ada'), idOf(4), 'linus');
    expect(await listed('ada', { q: 'ünal' })).toEqual([]);
    expect(await listed('linus', { q: 'zoë' })).toEqual([]);
  });

  it('filters by what is unread, or was marked unread', async () => {
    expect(await listed('grace', { unread: 'true' })).toEqual([0, 3]);
    expect(await listed('grace', { unread: 'false' })).toEqual([6, 5, 4, 2, 1]);
    await domain.get(ReadService).mark(as('grace'), idOf(0), null);
    await domain.get(ReadService).markUnread(as('grace'), idOf(5), 1);
    expect(await listed('grace', { unread: 'true' })).toEqual([3, 5]);
    expect(await listed('ada', { unread: 'true' })).toEqual([]);
  });

  it('ends with the membership', async () => {
    await domain.get(ParticipantService).remove(as('ada'), idOf(6), 'grace');
    expect(await listed('grace')).toEqual([0, 3, 5, 4, 2, 1]);
    expect(await listed('linus')).toEqual([]);
  });

  it('keeps each one’s own settings, and tells them to nobody else', async () => {
    const settings = {
      pinned: true,
      archived: true,
      hidden: false,
      mutedUntil: '2030-01-01T00:00:00.000Z',
      notificationLevel: 'mentions' as const,
    };
    expect(await inbox.updateSettings(as('grace'), idOf(4), settings)).toEqual(settings);
    expect(await inbox.updateSettings(as('grace'), idOf(4), { pinned: false })).toEqual({
      ...settings,
      pinned: false,
    });
    expect((await shown('grace', 4)).me?.settings).toEqual({ ...settings, pinned: false });
    expect((await shown('ada', 4)).me?.settings).toMatchObject({ archived: false, mutedUntil: null });
    const told = domain.published.userEvents.filter(({ type }) => type === 'settings.updated').slice(-2);
    expect(told.map(({ userIds }) => userIds)).toEqual([['grace'], ['grace']]);
    const { data } = JSON.parse(told[1]?.json ?? '') as { data: SettingsUpdatedData };
    expect(data).toEqual({ conversationId: idOf(4), settings: { ...settings, pinned: false } });
    expect(await inbox.updateSettings(as('grace'), idOf(4), { mutedUntil: null })).toMatchObject({
      mutedUntil: null,
      archived: true,
    });
  });

  it('filters by what is archived and pinned', async () => {
    await inbox.updateSettings(as('grace'), idOf(4), { archived: true });
    await inbox.updateSettings(as('grace'), idOf(1), { pinned: true });
    expect(await listed('grace', { archived: 'true' })).toEqual([4]);
    expect(await listed('grace', { archived: 'false' })).toEqual([0, 3, 6, 5, 2, 1]);
    expect(await listed('grace', { pinned: 'true' })).toEqual([1]);
    expect(await listed('ada', { archived: 'true' })).toEqual([]);
  });

  it('leaves a hidden conversation out until its next message', async () => {
    await inbox.updateSettings(as('grace'), idOf(3), { hidden: true });
    expect(await listed('grace')).toEqual([0, 6, 5, 4, 2, 1]);
    expect(await listed('grace', { hidden: 'true' })).toEqual([3]);
    expect(await domain.get(ReadService).totals(as('grace'))).toMatchObject({ messages: 1 });
    await say(3);
    expect(await listed('grace')).toEqual([3, 0, 6, 5, 4, 2, 1]);
    expect((await shown('grace', 3)).me).toMatchObject({ unread: 2, settings: { hidden: false } });
    await inbox.updateSettings(as('grace'), idOf(3), { hidden: true });
    await inbox.updateSettings(as('grace'), idOf(3), { hidden: false });
    expect(await listed('grace')).toHaveLength(7);
  });

  it('counts what is unread in muted conversations apart', async () => {
    await inbox.updateSettings(as('grace'), idOf(3), { mutedUntil: '2999-01-01T00:00:00Z' });
    await inbox.updateSettings(as('grace'), idOf(0), { mutedUntil: '2020-01-01T00:00:00Z' });
    const totals = {
      messages: 2,
      conversations: 2,
      mentions: 0,
      muted: { messages: 1, conversations: 1, mentions: 0 },
      threads: { replies: 0, threads: 0 },
    };
    expect(await domain.get(ReadService).totals(as('grace'))).toEqual(totals);
    await inbox.updateSettings(as('grace'), idOf(0), { notificationLevel: 'none' });
    expect((await domain.get(ReadService).totals(as('grace'))).muted).toEqual({
      messages: 2,
      conversations: 2,
      mentions: 0,
    });
  });

  it('S36: has one answer for strangers, former participants, other tenants and what does not exist', async () => {
    await domain.get(ParticipantService).remove(as('grace'), idOf(2), 'grace');
    const other = await domain.tenant('ada');
    for (const actor of [as('linus'), as('grace'), userActor(other, 'ada')]) {
      await expect(inbox.updateSettings(actor, idOf(2), { pinned: true })).rejects.toMatchObject({
        code: 'conversation.not_found',
      });
    }
    expect((await inbox.list(userActor(other, 'ada'), {})).data).toEqual([]);
  });

  it('belongs to a user', async () => {
    for (const attempt of [
      () => inbox.list(serverActor(tenantId), {}),
      () => inbox.updateSettings(serverActor(tenantId), idOf(0), {}),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'actor.required' });
    }
  });
});
