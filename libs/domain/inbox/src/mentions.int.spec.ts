import { randomUUID } from 'node:crypto';
import type { ConversationKind, Mention, MessageView, ReadUpdatedData } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Timeline } from '@parley/domain/timeline';
import { Db } from '@parley/platform/database';
import { Domain, userActor } from '@parley/testing';
import { InboxService } from './inbox.service';
import { ReadService } from './read.service';

describe('what mentions a user', () => {
  let domain: Domain;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'guy');
  });

  afterAll(() => domain.stop());

  async function conversation(kind: ConversationKind = 'group', history: 'full' | 'joined' = 'full') {
    const participants = [{ userId: 'grace' }, { userId: 'guy', role: 'guest' as const }];
    const made = await domain.get(ConversationService).create(as('ada'), { kind, history, participants });
    return made.conversation.id;
  }

  async function say(id: string, userId: string, mentions: Mention[], root?: MessageView) {
    const threadRoot = root === undefined ? undefined : { id: root.id, seq: root.seq };
    const input = { clientMessageId: randomUUID(), text: 'hello', mentions, threadRoot };
    return (await domain.get(MessageService).send(as(userId), id, input)).message;
  }

  async function mentionsOf(userId: string, id: string): Promise<number | undefined> {
    const { heads } = await domain.get(SyncService).heads(as(userId), {});
    return heads.find(({ conversationId }) => conversationId === id)?.mentions;
  }

  it('is counted by message: by name, by role, as one of all, in threads too; not what one says oneself', async () => {
    const id = await conversation();
    const root = await say(id, 'ada', [{ userId: 'grace' }, { group: 'all' }, { role: 'member' }]);
    await say(id, 'ada', [{ role: 'owner' }]);
    await say(id, 'ada', [{ userId: 'linus' }]);
    await say(id, 'ada', [{ group: 'here' }], root);
    await say(id, 'grace', [{ userId: 'grace' }, { role: 'guest' }]);
    expect(root.mentions).toEqual([{ userId: 'grace' }, { group: 'all' }, { role: 'member' }]);
    expect(await Promise.all(['ada', 'grace', 'guy'].map((user) => mentionsOf(user, id)))).toEqual([0, 2, 3]);
  });

  it('stands in the list, in the totals and in heads alike; a mark clears it, marking unread brings it back', async () => {
    const id = await conversation();
    const first = await say(id, 'ada', [{ userId: 'grace' }]);
    await say(id, 'ada', [{ userId: 'grace' }]);
    const reads = domain.get(ReadService);
    const before = (await reads.totals(as('grace'))).mentions;
    const listed = async () => {
      const { data } = await domain.get(InboxService).list(as('grace'), {});
      return data.find((each) => each.id === id)?.me?.mentions;
    };
    expect([await listed(), await mentionsOf('grace', id)]).toEqual([2, 2]);
    domain.published.userEvents.length = 0;
    expect(await reads.mark(as('grace'), id, first.seq)).toMatchObject({ mentions: 1, unread: 1 });
    const told = JSON.parse(domain.published.userEvents[0]?.json ?? '') as { data: ReadUpdatedData };
    expect(told.data.state).toMatchObject({ mentions: 1 });
    expect(await reads.mark(as('grace'), id, null)).toMatchObject({ mentions: 0 });
    expect((await reads.totals(as('grace'))).mentions).toBe(before - 2);
    expect(await reads.markUnread(as('grace'), id, first.seq)).toMatchObject({ mentions: 2 });
    expect(await listed()).toBe(2);
    expect((await reads.totals(as('grace'))).muted).toEqual({ messages: 0, conversations: 0, mentions: 0 });
  });

  it('follows edits, deletions and the role that one has now', async () => {
    const id = await conversation();
    const changes = domain.get(MessageChangeService);
    const message = await say(id, 'ada', []);
    const edit = (mentions: Mention[]) => changes.edit(as('ada'), id, message.id, { mentions });
    await edit([{ userId: 'grace' }]);
    expect(await mentionsOf('grace', id)).toBe(1);
    await edit([{ role: 'admin' }]);
    expect(await mentionsOf('grace', id)).toBe(0);
    await domain.get(ParticipantService).update(as('ada'), id, 'grace', { role: 'admin' });
    expect(await mentionsOf('grace', id)).toBe(1);
    await changes.delete(as('ada'), id, message.id);
    expect(await mentionsOf('grace', id)).toBe(0);
  });

  it('is nothing from before a join, and nothing of an import, edited or not', async () => {
    const id = await conversation('group', 'joined');
    await say(id, 'ada', [{ group: 'all' }]);
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]);
    expect(await mentionsOf('linus', id)).toBe(0);
    await say(id, 'ada', [{ group: 'all' }]);
    expect(await mentionsOf('linus', id)).toBe(1);
    const old = { s: 'ada', k: randomUUID(), h: '00', t: 'old', at: '2020-01-01T00:00:00Z' };
    const place = await conversation();
    await domain.get(Db).tx(tenantId, async (tx) => {
      await domain.get(Timeline).lock(tx, place);
      await domain.get(Timeline).importMessages(tx, place, [{ ...old, m: [{ userId: 'grace' }] }]);
    });
    expect(await mentionsOf('grace', place)).toBe(0);
    const { data } = await domain.get(MessageService).page(as('ada'), place, {});
    const mentions = [{ userId: 'grace' }, { userId: 'ada' }];
    await domain.get(MessageChangeService).edit(as('ada'), place, data[0]?.id ?? '', { mentions });
    expect(await mentionsOf('grace', place)).toBe(0);
  });

  it('names a group by who may alone: no guest, and in a channel who runs it; by an edit as by a send', async () => {
    const denied = { code: 'message.mention_denied', kind: 'forbidden' };
    const group = await conversation();
    await expect(say(group, 'guy', [{ group: 'all' }])).rejects.toMatchObject(denied);
    await say(group, 'guy', [{ userId: 'ada' }, { role: 'owner' }]);
    await say(group, 'grace', [{ group: 'here' }]);
    const channel = await conversation('channel');
    await say(channel, 'ada', [{ group: 'all' }]);
    await expect(say(channel, 'grace', [{ group: 'here' }])).rejects.toMatchObject(denied);
    const { id } = await say(channel, 'grace', []);
    const edit = domain
      .get(MessageChangeService)
      .edit(as('grace'), channel, id, { mentions: [{ group: 'all' }] });
    await expect(edit).rejects.toMatchObject(denied);
    expect(await mentionsOf('guy', channel)).toBe(1);
  });
});
