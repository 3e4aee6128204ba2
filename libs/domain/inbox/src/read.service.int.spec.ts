import { randomUUID } from 'node:crypto';
import type { ReadState, ReadUpdatedData } from '@parley/contracts/wire';
import { limits } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Db } from '@parley/platform/database';
import { createConversation, Domain, serverActor, userActor } from '@parley/testing';
import { ReadService } from './read.service';

describe('ReadService', () => {
  let domain: Domain;
  let reads: ReadService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    reads = domain.get(ReadService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  /** Ada's group; seq 1 is the joining. */
  async function group(members = ['grace'], history: 'full' | 'joined' = 'full'): Promise<string> {
    const participants = members.map((userId) => ({ userId }));
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants });
    return conversation.id;
  }

  async function say(conversationId: string, count = 1, userId = 'ada'): Promise<string[]> {
    const ids: string[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const input = { clientMessageId: randomUUID(), text: 'hello' };
      const { message } = await domain.get(MessageService).send(as(userId), conversationId, input);
      ids.push(message.id);
    }
    return ids;
  }

  async function stateOf(userId: string, conversationId: string): Promise<ReadState | undefined> {
    const { heads } = await domain.get(SyncService).heads(as(userId), {});
    const head = heads.find((each) => each.conversationId === conversationId);
    if (head === undefined) return undefined;
    const { readSeq, unreadFromSeq, unread, mentions, lastSeq } = head;
    return { conversationId, readSeq, unreadFromSeq, unread, mentions, lastSeq };
  }

  function told(): { userIds: string[]; data: ReadUpdatedData }[] {
    return domain.published.userEvents
      .filter((event) => event.type === 'read.updated' && event.tenantId === tenantId)
      .map(({ userIds, json }) => ({ userIds, data: (JSON.parse(json) as { data: ReadUpdatedData }).data }));
  }

  it('reads up to a seq, and up to the head when none is named', async () => {
    const id = await group();
    await say(id, 5);
    expect(await stateOf('grace', id)).toMatchObject({ readSeq: 1, unread: 5, lastSeq: 6 });
    expect(await stateOf('ada', id)).toMatchObject({ unread: 0 });
    const part = { conversationId: id, readSeq: 4, unreadFromSeq: null, unread: 2, mentions: 0, lastSeq: 6 };
    expect(await reads.mark(as('grace'), id, 4)).toEqual(part);
    expect(await stateOf('grace', id)).toEqual(part);
    expect(await reads.mark(as('grace'), id, null)).toMatchObject({ readSeq: 6, unread: 0 });
  });

  it('I10: never falls, and never passes the head', async () => {
    const id = await group();
    await say(id, 3);
    expect(await reads.mark(as('grace'), id, 1_000_000)).toMatchObject({ readSeq: 4 });
    expect(await reads.mark(as('grace'), id, 2)).toMatchObject({ readSeq: 4, unread: 0 });
    await say(id, 1);
    expect(await stateOf('grace', id)).toMatchObject({ readSeq: 4, unread: 1 });
  });

  it('does not count what one says oneself, also when one said it before reading on', async () => {
    const id = await group();
    await say(id, 2); // 2, 3
    await say(id, 2, 'grace'); // 4, 5
    await say(id, 2); // 6, 7
    expect(await stateOf('grace', id)).toMatchObject({ unread: 4 });
    expect(await reads.mark(as('grace'), id, 3)).toMatchObject({ unread: 2 });
    expect(await reads.mark(as('grace'), id, 5)).toMatchObject({ unread: 2 });
    expect(await reads.mark(as('grace'), id, 6)).toMatchObject({ unread: 1 });
  });

  it('is exact over thousands of messages, from the first to the last', async () => {
    const id = await group();
    await Promise.all(Array.from({ length: 60 }, (_, i) => say(id, 50, i % 3 === 0 ? 'grace' : 'ada')));
    expect(await stateOf('grace', id)).toMatchObject({ unread: 2_000, lastSeq: 3_001 });
    await reads.mark(as('grace'), id, null);
    expect(await reads.markUnread(as('grace'), id, 1)).toMatchObject({ unread: 2_000, readSeq: 3_001 });
    expect(await reads.markUnread(as('grace'), id, 3_001)).toMatchObject({ readSeq: 3_001 });
    expect(await reads.markUnread(as('grace'), id, 2)).toMatchObject({ unread: 2_000 });
    expect(await reads.mark(as('grace'), id, 2)).toMatchObject({ unread: 0, readSeq: 3_001 });
  });

  it('marks unread from any message, until the next mark', async () => {
    const id = await group();
    await say(id, 5); // 2 to 6
    await reads.mark(as('grace'), id, null);
    const marked = { conversationId: id, readSeq: 6, unreadFromSeq: 4, unread: 3, mentions: 0, lastSeq: 6 };
    expect(await reads.markUnread(as('grace'), id, 4)).toEqual(marked);
    expect(await stateOf('grace', id)).toEqual(marked);
    await say(id, 1);
    expect(await stateOf('grace', id)).toMatchObject({ unread: 4, unreadFromSeq: 4 });
    expect(await reads.mark(as('grace'), id, 6)).toMatchObject({
      readSeq: 6,
      unreadFromSeq: null,
      unread: 1,
    });
  });

  it('takes an earlier mark back where what is marked is unread anyway', async () => {
    const id = await group();
    await say(id, 4); // 2 to 5
    await reads.mark(as('grace'), id, 4);
    await reads.markUnread(as('grace'), id, 2);
    expect(await reads.markUnread(as('grace'), id, 5)).toMatchObject({
      readSeq: 4,
      unreadFromSeq: null,
      unread: 1,
    });
  });

  it('refuses to mark unread what the caller does not see, as if it were not there', async () => {
    const id = await group([], 'joined');
    await say(id, 2);
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'grace' }]); // 4
    for (const seq of [2, 99]) {
      await expect(reads.markUnread(as('grace'), id, seq)).rejects.toMatchObject({
        code: 'message.not_found',
      });
    }
  });

  it('tells all own devices everything and others the marker alone, in absolute values', async () => {
    const id = await group(['grace', 'linus']);
    await say(id, 2);
    const state = await reads.mark(as('grace'), id, null);
    expect(told()).toEqual([
      { userIds: ['grace'], data: { conversationId: id, userId: 'grace', readSeq: 3, state } },
      { userIds: ['ada', 'linus'], data: { conversationId: id, userId: 'grace', readSeq: 3 } },
    ]);
    await reads.mark(as('grace'), id, 2);
    expect(told()).toHaveLength(2);
    const unread = await reads.markUnread(as('grace'), id, 3);
    expect(told().slice(2)).toMatchObject([{ userIds: ['grace'], data: { state: unread } }]);
  });

  it('tells others nothing in a large conversation; there they ask who has read a message', async () => {
    const many = Array.from({ length: limits.readMarkersMaxParticipants + 1 }, (_, index) => `user-${index}`);
    const id = await createConversation(domain.get(Db), tenantId, many);
    const [message = ''] = await say(id, 1, 'user-0');
    for (const userId of ['user-7', 'user-30', 'user-4']) await reads.mark(as(userId), id, null);
    expect(told().map(({ userIds }) => userIds)).toEqual([['user-7'], ['user-30'], ['user-4']]);
    const first = await reads.readers(as('user-0'), id, message, { limit: 2 });
    expect(first.data).toEqual([
      { userId: 'user-30', readSeq: 1 },
      { userId: 'user-4', readSeq: 1 },
    ]);
    const second = await reads.readers(as('user-9'), id, message, {
      limit: 2,
      cursor: first.page.next ?? '',
    });
    expect(second).toMatchObject({ data: [{ userId: 'user-7' }], page: { next: null } });
  });

  it('counts nobody as a reader of what was said before they joined', async () => {
    const id = await group();
    const [early = ''] = await say(id);
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]);
    const [late = ''] = await say(id);
    await reads.mark(as('linus'), id, null);
    expect((await reads.readers(as('ada'), id, early, {})).data).toEqual([]);
    expect((await reads.readers(as('ada'), id, late, {})).data).toMatchObject([{ userId: 'linus' }]);
  });

  it('adds up what is unread in all conversations', async () => {
    const [one, two] = [await group(), await group()];
    await group();
    await say(one, 3);
    await say(two, 2);
    const muted = { messages: 0, conversations: 0, mentions: 0 };
    const threads = { replies: 0, threads: 0 };
    expect(await reads.totals(as('grace'))).toEqual({
      messages: 5,
      conversations: 2,
      mentions: 0,
      muted,
      threads,
    });
    await reads.mark(as('grace'), one, null);
    await reads.mark(as('grace'), two, null);
    await reads.markUnread(as('grace'), two, 1);
    expect(await reads.totals(as('grace'))).toMatchObject({ messages: 2, conversations: 1 });
    await domain.get(ParticipantService).remove(as('grace'), two, 'grace');
    expect(await reads.totals(as('grace'))).toEqual({
      messages: 0,
      conversations: 0,
      mentions: 0,
      muted,
      threads,
    });
  });

  it('S36: has one answer for strangers, former participants, other tenants and what does not exist', async () => {
    const id = await group();
    const [message = ''] = await say(id);
    await domain.get(ParticipantService).remove(as('grace'), id, 'grace');
    const other = await domain.tenant('ada');
    for (const actor of [as('linus'), as('grace'), userActor(other, 'ada')]) {
      for (const attempt of [() => reads.mark(actor, id, 1), () => reads.markUnread(actor, id, 1)]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'conversation.not_found' });
      }
    }
    for (const actor of [as('linus'), userActor(other, 'ada')]) {
      await expect(reads.readers(actor, id, message, {})).rejects.toMatchObject({
        code: 'conversation.not_found',
      });
    }
    await expect(reads.readers(as('ada'), id, randomUUID(), {})).rejects.toMatchObject({
      code: 'message.not_found',
    });
    expect(await stateOf('grace', id)).toBeUndefined();
  });

  it('belongs to a user: a key that acts for nobody reads nothing', async () => {
    const id = await group();
    for (const attempt of [
      () => reads.mark(serverActor(tenantId), id, null),
      () => reads.markUnread(serverActor(tenantId), id, 1),
      () => reads.totals(serverActor(tenantId)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'actor.required' });
    }
    await expect(reads.mark(serverActor(tenantId, ['users']), id, null)).rejects.toMatchObject({
      code: 'scope.missing',
    });
  });
});
