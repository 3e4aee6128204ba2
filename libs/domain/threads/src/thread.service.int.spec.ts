import { randomUUID } from 'node:crypto';
import type { Mention, MessageView, ThreadState } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { ReadService } from '@parley/domain/inbox';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Domain, serverActor, userActor, waitFor } from '@parley/testing';
import { ThreadListService } from './thread-list.service';
import { ThreadService } from './thread.service';

describe('threads', () => {
  let domain: Domain;
  let tenantId: string;
  let threads: ThreadService;
  let lists: ThreadListService;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'mia', 'stranger');
    threads = domain.get(ThreadService);
    lists = domain.get(ThreadListService);
  });

  afterAll(() => domain.stop());

  async function group(history: 'full' | 'joined' = 'full', members = ['grace', 'linus', 'mia']) {
    const participants = members.map((userId) => ({ userId }));
    const made = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants });
    return made.conversation.id;
  }

  async function say(userId: string, id: string, root?: MessageView, mentions?: Mention[]) {
    const threadRoot = root === undefined ? undefined : { id: root.id, seq: root.seq };
    const input = { clientMessageId: randomUUID(), text: 'hello', threadRoot, mentions };
    return (await domain.get(MessageService).send(as(userId), id, input)).message;
  }

  /** How the thread stands for each, by reading it up to nowhere. */
  async function stateOf(userId: string, { conversationId, id }: MessageView): Promise<ThreadState> {
    return threads.read(as(userId), conversationId, id, 1);
  }

  const told = (userId: string, rootId: string): ThreadState[] =>
    domain.published.userEvents
      .filter(({ type, userIds }) => type === 'thread.updated' && userIds.includes(userId))
      .map(({ json }) => (JSON.parse(json) as { data: ThreadState }).data)
      .filter(({ root }) => root.id === rootId);

  it('follows who replies, who wrote the root and who is mentioned by name in it or in a reply; nobody else', async () => {
    const id = await group('full', ['grace', 'linus', 'mia', 'stranger']);
    const root = await say('ada', id, undefined, [{ userId: 'linus' }]);
    await say('grace', id, root);
    await say('grace', id, root, [{ userId: 'mia' }, { userId: 'nobody' }, { group: 'all' }]);
    const states = await Promise.all(
      ['ada', 'linus', 'grace', 'mia', 'stranger'].map((user) => stateOf(user, root)),
    );
    expect(states.map(({ following, unread }) => [following, unread])).toEqual([
      [true, 2],
      [true, 2],
      [true, 0],
      [true, 1],
      [false, 0],
    ]);
    expect(states[0]).toMatchObject({
      root: { id: root.id, seq: root.seq },
      replies: 2,
      lastSeq: root.seq + 2,
    });
  });

  it('counts by a marker of its own: read in parts, up to the newest, and deleted replies are not counted', async () => {
    const id = await group();
    const root = await say('ada', id);
    const replies: MessageView[] = [];
    for (let n = 0; n < 5; n += 1) replies.push(await say('grace', id, root));
    await say('ada', id, root);
    expect(await stateOf('ada', root)).toMatchObject({ unread: 5, replies: 6, readSeq: root.seq });
    const third = replies[2]?.seq ?? 0;
    expect(await threads.read(as('ada'), id, root.id, third)).toMatchObject({ unread: 2, readSeq: third });
    expect(await threads.read(as('ada'), id, root.id, root.seq)).toMatchObject({ unread: 2, readSeq: third });
    await domain.get(MessageChangeService).delete(as('grace'), id, replies[4]?.id ?? '');
    await domain.get(MessageChangeService).delete(as('grace'), id, replies[0]?.id ?? '');
    expect(await stateOf('ada', root)).toMatchObject({ unread: 1, replies: 4 });
    const end = await threads.read(as('ada'), id, root.id, null);
    expect(end).toMatchObject({ unread: 0, readSeq: root.seq + 6 });
    // The conversation's own count knows nothing of them.
    const { heads } = await domain.get(SyncService).heads(as('grace'), {});
    expect(heads.find(({ conversationId }) => conversationId === id)).toMatchObject({ unread: 1 });
  });

  it('ends a follow until its user replies or follows again, and begins it with what is there as read', async () => {
    const id = await group();
    const root = await say('ada', id);
    await say('grace', id, root);
    expect(await threads.follow(as('ada'), id, root.id, false)).toMatchObject({
      following: false,
      unread: 0,
    });
    await say('grace', id, root, [{ userId: 'ada' }]);
    expect(await stateOf('ada', root)).toMatchObject({ following: false, unread: 0 });
    expect(await threads.follow(as('ada'), id, root.id, true)).toMatchObject({ following: true, unread: 0 });
    await say('grace', id, root);
    expect(await stateOf('ada', root)).toMatchObject({ unread: 1 });
    await threads.follow(as('ada'), id, root.id, false);
    await say('grace', id, root);
    await say('ada', id, root);
    expect(await stateOf('ada', root)).toMatchObject({ following: true, unread: 0 });
    const silent = await say('linus', id);
    expect(await threads.follow(as('mia'), id, silent.id, true)).toMatchObject({
      following: true,
      replies: 0,
    });
    await say('linus', id, silent);
    expect(await stateOf('mia', silent)).toMatchObject({ unread: 1 });
  });

  it('stands in totals, in heads and in its own events, which are its follower’s alone', async () => {
    const id = await group();
    const root = await say('mia', id);
    const before = await domain.get(ReadService).totals(as('mia'));
    domain.published.userEvents.length = 0;
    await say('grace', id, root);
    await waitFor(() => told('mia', root.id).length === 1 && told('grace', root.id).length === 1);
    expect(told('mia', root.id)[0]).toMatchObject({ unread: 1, replies: 1, following: true });
    expect(told('grace', root.id)[0]).toMatchObject({ unread: 0 });
    const headOf = async () => {
      const { heads } = await domain.get(SyncService).heads(as('mia'), {});
      return heads.find(({ conversationId }) => conversationId === id);
    };
    const after = await domain.get(ReadService).totals(as('mia'));
    expect(after.threads).toEqual({
      replies: before.threads.replies + 1,
      threads: before.threads.threads + 1,
    });
    const head = await headOf();
    expect(head).toMatchObject({ threadUnread: 1 });
    await threads.read(as('mia'), id, root.id, null);
    expect(told('mia', root.id).at(-1)).toMatchObject({ unread: 0 });
    expect(await headOf()).toMatchObject({ threadUnread: 0, ownVersion: (head?.ownVersion ?? 0) + 1 });
    await threads.read(as('mia'), id, root.id, null);
    expect(told('mia', root.id)).toHaveLength(2);
    expect(domain.published.userEvents.every(({ userIds }) => userIds.length === 1)).toBe(true);
    const reply = await say('linus', id, root);
    await waitFor(() => told('mia', root.id).length === 3);
    await domain.get(MessageChangeService).delete(as('linus'), id, reply.id);
    await waitFor(() => told('mia', root.id).at(-1)?.unread === 0);
  });

  it('shows roots with their threads, and lists threads by activity and by place', async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'mia', 'stranger');
    const [one, two] = [await group(), await group()];
    const roots = [await say('ada', one), await say('ada', one), await say('ada', two)];
    for (const root of roots) await say('grace', root.conversationId, root);
    const [first, second, third] = roots as [MessageView, MessageView, MessageView];
    const last = await say('linus', one, first);
    const { data } = await domain.get(MessageService).page(as('ada'), one, {});
    const thread = { replies: 2, lastReplyAt: last.at, lastSeq: last.seq };
    expect(data.find(({ id }) => id === first.id)).toMatchObject({ thread });
    expect(data.filter((message) => message.thread !== undefined)).toHaveLength(2);
    const page = await lists.followed(as('ada'), { limit: 2 });
    expect(page.data.map(({ message, unread }) => [message.id, unread])).toEqual([
      [first.id, 2],
      [third.id, 1],
    ]);
    const rest = await lists.followed(as('ada'), { limit: 2, cursor: page.page.next ?? '' });
    expect(rest.data.map(({ root }) => root.id)).toEqual([second.id]);
    expect(rest.page.next).toBeNull();
    await threads.read(as('ada'), one, first.id, null);
    expect((await lists.followed(as('ada'), { unread: 'false' })).data.map(({ root }) => root.id)).toEqual([
      first.id,
    ]);
    expect((await lists.followed(as('mia'), {})).data).toEqual([]);
    const ofOne = await lists.list(as('mia'), one, {});
    expect(ofOne.data.map(({ root, following }) => [root.id, following])).toEqual([
      [second.id, false],
      [first.id, false],
    ]);
    expect((await lists.repliers(as('mia'), one, first.id, {})).data).toEqual([
      { userId: 'grace', replies: 1 },
      { userId: 'linus', replies: 1 },
    ]);
  });

  it('ends with the membership, and shows nothing from before a join', async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'mia');
    const id = await group('joined');
    const root = await say('grace', id);
    await say('ada', id, root);
    const participants = domain.get(ParticipantService);
    await participants.remove(as('ada'), id, 'grace');
    await say('ada', id, root);
    expect((await lists.followed(as('grace'), {})).data).toEqual([]);
    const seen = await domain.get(MessageService).get(as('grace'), id, root.id);
    expect(seen.thread).toBeUndefined();
    await participants.add(as('ada'), id, [{ userId: 'grace' }]);
    expect((await lists.followed(as('grace'), {})).data).toEqual([]);
    expect((await lists.list(as('grace'), id, {})).data).toEqual([]);
    await expect(threads.follow(as('grace'), id, root.id, true)).rejects.toMatchObject({
      code: 'message.not_found',
    });
    await say('ada', id, root, [{ userId: 'grace' }]);
    expect((await domain.get(ReadService).totals(as('grace'))).threads).toEqual({ replies: 0, threads: 0 });
  });

  it('S36: has one answer for strangers, former participants, other tenants and what does not exist', async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'mia', 'stranger');
    const id = await group();
    const root = await say('ada', id);
    const reply = await say('grace', id, root);
    await domain.get(ParticipantService).remove(as('ada'), id, 'grace');
    const other = await domain.tenant('ada');
    for (const actor of [as('stranger'), as('grace'), userActor(other, 'ada')]) {
      for (const attempt of [
        () => threads.follow(actor, id, root.id, true),
        () => threads.read(actor, id, root.id, null),
        () => lists.list(actor, id, {}),
        () => lists.repliers(actor, id, root.id, {}),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'conversation.not_found' });
    }
    await expect(threads.read(as('ada'), id, randomUUID(), null)).rejects.toMatchObject({
      code: 'message.not_found',
    });
    await expect(threads.read(as('ada'), id, reply.id, null)).rejects.toMatchObject({
      code: 'thread.not_root',
    });
  });

  it('belongs to a user: a key that acts for nobody follows nothing, but sees the threads of a conversation', async () => {
    const id = await group();
    const root = await say('ada', id);
    await say('grace', id, root);
    for (const attempt of [
      () => threads.follow(serverActor(tenantId), id, root.id, true),
      () => threads.read(serverActor(tenantId), id, root.id, null),
      () => lists.followed(serverActor(tenantId), {}),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'actor.required' });
    expect((await lists.list(serverActor(tenantId), id, {})).data).toMatchObject([
      { replies: 1, following: false, unread: 0, message: { id: root.id } },
    ]);
    await expect(lists.followed(serverActor(tenantId, ['users']), {})).rejects.toMatchObject({
      code: 'scope.missing',
    });
  });
});
