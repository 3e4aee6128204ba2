import { AppError, type ErrorCode } from '@parley/contracts/wire';
import type { UserRole } from '@parley/contracts/wire';
import { Db } from '@parley/platform/database';
import { ConversationService } from '@parley/domain/conversations';
import { ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Domain, serverActor, userActor } from '@parley/testing';
import { MessageChangeService, MessageService, RevisionService, forgetRevisions } from '.';

describe('messages that change', () => {
  let domain: Domain;
  let changes: MessageChangeService;
  let tenantId: string;
  let keys = 0;

  const as = (userId: string, role?: UserRole) => userActor(tenantId, userId, role);

  beforeAll(async () => {
    domain = await Domain.start();
    changes = domain.get(MessageChangeService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'stranger');
  });
  afterAll(() => domain.stop());

  async function group(history: 'full' | 'joined' = 'full'): Promise<string> {
    const participants = [{ userId: 'grace' }];
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants });
    return conversation.id;
  }

  async function say(conversationId: string, userId: string, text = 'hello') {
    keys += 1;
    const input = { clientMessageId: `change-${keys}`, text };
    return (await domain.get(MessageService).send(as(userId), conversationId, input)).message;
  }

  async function settings(messages: object): Promise<void> {
    await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.tenant.update({ where: { id: tenantId }, data: { settings: { messages } } }),
      );
  }

  function get(conversationId: string, messageId: string, userId = 'grace') {
    return domain.get(MessageService).get(as(userId), conversationId, messageId);
  }

  async function revisions(conversationId: string, messageId: string, actor = as('grace')) {
    return (await domain.get(RevisionService).list(actor, conversationId, messageId, {})).data;
  }

  async function seqs(conversationId: string): Promise<number> {
    const { lastSeq } = await domain.get(ConversationService).get(as('ada'), conversationId);
    return lastSeq;
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

  describe('an edit', () => {
    it('gives the message other content, a version and a seq, and tells what it is now', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'helo');
      const { message } = await changes.edit(as('ada'), id, first.id, {
        text: 'hello @grace',
        mentions: [{ userId: 'grace' }],
        metadata: { mood: 'good' },
      });
      expect(message).toEqual({
        ...first,
        text: 'hello @grace',
        mentions: [{ userId: 'grace' }],
        metadata: { mood: 'good' },
        version: 2,
        editedAt: expect.any(String) as string,
      });
      const read = await get(id, first.id);
      expect(read).toEqual({ ...message, reactions: [] });
      expect(domain.published.of(id).at(-1)).toEqual({
        id: expect.any(String) as string,
        type: 'message.updated',
        conversationId: id,
        seq: 3,
        actor: 'ada',
        at: message.editedAt,
        data: message,
      });
      expect(domain.published.events.at(-1)).toMatchObject({ seq: 3, targetSeq: 2 });
    });

    it('leaves what it does not name as it is', async () => {
      const id = await group();
      const { id: messageId } = await say(id, 'ada', 'one');
      await changes.edit(as('ada'), id, messageId, { metadata: { a: 1 }, mentions: [{ userId: 'ada' }] });
      await changes.edit(as('ada'), id, messageId, { text: 'two' });
      expect(await get(id, messageId)).toMatchObject({
        text: 'two',
        metadata: { a: 1 },
        mentions: [{ userId: 'ada' }],
        version: 3,
      });
    });

    it('that changes nothing takes no seq, whatever version it names', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'one');
      const edit = { text: 'two', version: 1 };
      const answer = await changes.edit(as('ada'), id, first.id, edit);
      expect(await changes.edit(as('ada'), id, first.id, edit)).toEqual(answer);
      expect(await seqs(id)).toBe(3);
    });

    it('of a version that is no longer the message’s is refused, so that none is lost', async () => {
      const id = await group();
      const { id: messageId } = await say(id, 'ada', 'one');
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((text) => code(changes.edit(as('ada'), id, messageId, { text, version: 1 }))),
      );
      expect(answers.sort()).toEqual(['message.version_stale', 'message.version_stale', 'none']);
      expect(await get(id, messageId)).toMatchObject({ version: 2 });
    });

    it('is the sender’s alone, while the message may be changed at all', async () => {
      const id = await group();
      const { id: messageId } = await say(id, 'grace');
      const edit = { text: 'not mine' };
      expect(await code(changes.edit(as('ada'), id, messageId, edit))).toBe('permission.denied');
      expect(await code(changes.edit(as('stranger'), id, messageId, edit))).toBe('conversation.not_found');
      expect(await code(changes.edit(serverActor(tenantId), id, messageId, edit))).toBe('actor.required');
      const elsewhere = await group();
      expect(await code(changes.edit(as('grace'), elsewhere, messageId, edit))).toBe('message.not_found');
      await changes.edit({ ...serverActor(tenantId), userId: 'grace' }, id, messageId, {
        text: 'by the back end',
      });
      await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.conversation.updateMany({ where: { id }, data: { status: 'closed' } }),
        );
      expect(await code(changes.edit(as('grace'), id, messageId, edit))).toBe('conversation.closed');
      await changes.delete(as('grace'), id, messageId);
      expect(await code(changes.edit(as('grace'), id, messageId, edit))).toBe('message.deleted');
    });

    it('of what the system said, or of nothing, is refused', async () => {
      const id = await group();
      const { id: messageId, seq } = await say(id, 'ada');
      expect(await code(changes.edit(as('ada'), id, messageId, { version: 1 }))).toBe('request.invalid');
      await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.message.updateMany({ where: { conversationId: id, seq }, data: { kind: 'system' } }),
        );
      expect(await code(changes.edit(as('ada'), id, messageId, { text: 'x' }))).toBe('permission.denied');
    });

    it('comes too late after the tenant’s time', async () => {
      const id = await group();
      const { id: messageId, seq } = await say(id, 'ada');
      await settings({ editWindowMinutes: 10 });
      await changes.edit(as('ada'), id, messageId, { text: 'in time' });
      const at = new Date(Date.now() - 11 * 60_000);
      await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.message.updateMany({ where: { conversationId: id, seq }, data: { at } }),
        );
      expect(await code(changes.edit(as('ada'), id, messageId, { text: 'late' }))).toBe(
        'message.edit_window_over',
      );
    });

    it('keeps what was said before, for who may see the message', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'one');
      for (const text of ['two', 'three']) await changes.edit(as('ada'), id, first.id, { text });
      expect(await revisions(id, first.id)).toMatchObject([
        { version: 2, text: 'two', replacedBy: 'ada' },
        { version: 1, text: 'one', replacedBy: 'ada', at: first.at },
      ]);
      const { data, page } = await domain.get(RevisionService).list(as('grace'), id, first.id, { limit: 1 });
      const next = await domain
        .get(RevisionService)
        .list(as('grace'), id, first.id, { limit: 1, cursor: page.next ?? '' });
      expect([...data, ...next.data].map(({ version }) => version)).toEqual([2, 1]);
      expect(next.page.next).toBeNull();
      expect(await code(revisions(id, first.id, as('stranger')))).toBe('conversation.not_found');
    });

    it('asks for the search text to be written anew', async () => {
      const id = await group();
      const { id: messageId, seq } = await say(id, 'ada');
      await changes.edit(as('ada'), id, messageId, { text: 'two' });
      const events = await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) => prisma.outbox.findMany({ where: { event: 'message.updated' } }));
      expect(events).toMatchObject([{ conversationId: id, seq: BigInt(seq), handlers: ['search.index'] }]);
    });
  });

  describe('a deletion', () => {
    it('I9: leaves a tombstone, and its event carries ids alone', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'secret');
      await changes.edit(as('ada'), id, first.id, { text: 'secret two', metadata: { secret: 1 } });
      const { message } = await changes.delete(as('ada'), id, first.id);
      expect(message).toMatchObject({ seq: 2, text: '', mentions: [], metadata: {}, version: 2 });
      const read = await get(id, first.id);
      expect(read).toEqual({ ...message, reactions: [] });
      expect(domain.published.of(id).at(-1)).toEqual({
        id: expect.any(String) as string,
        type: 'message.deleted',
        conversationId: id,
        seq: 4,
        actor: 'ada',
        at: message.deletedAt,
        data: { messageId: first.id, messageSeq: 2 },
      });
    });

    it('I9: what was deleted is in no later answer of sync, nor in the tables that it reads', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'secret');
      await changes.edit(as('ada'), id, first.id, { text: 'secret two' });
      await changes.delete(as('ada'), id, first.id);
      const sync = domain.get(SyncService);
      const { conversations } = await sync.sync(as('grace'), {
        epoch: await sync.epoch(tenantId),
        cursors: [[id, 0]],
      });
      expect(conversations[0]?.events.map(({ type }) => type)).toEqual([
        'participant.joined',
        'message.created',
        'message.updated',
        'message.deleted',
      ]);
      expect(JSON.stringify(conversations)).not.toContain('secret');
      const rows = await domain.get(Db).tx(
        tenantId,
        ({ sql }) =>
          sql<{
            text: string;
          }>`SELECT m::text AS text FROM message m UNION ALL SELECT g::text FROM change g`,
      );
      expect(rows.map(({ text }) => text).join()).not.toContain('secret');
    });

    it('of a tombstone answers the same and takes no seq, however many come at once', async () => {
      const id = await group();
      const { id: messageId } = await say(id, 'ada');
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => changes.delete(as('ada'), id, messageId)),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await seqs(id)).toBe(3);
    });

    it('is the sender’s, the owners’ and the moderators’', async () => {
      const id = await group();
      const { id: messageId } = await say(id, 'ada');
      expect(await code(changes.delete(as('grace'), id, messageId))).toBe('permission.denied');
      expect(await code(changes.delete(as('stranger'), id, messageId))).toBe('conversation.not_found');
      expect(await code(changes.delete(as('stranger', 'admin'), id, messageId))).toBe(
        'conversation.not_found',
      );
      await changes.delete(as('grace', 'moderator'), id, messageId);
      const { id: second } = await say(id, 'grace');
      await changes.delete(as('ada'), id, second);
      const { id: third } = await say(id, 'ada');
      await changes.delete(serverActor(tenantId), id, third);
      expect(domain.published.of(id).at(-1)).toMatchObject({ type: 'message.deleted', actor: null });
      const { id: fourth } = await say(id, 'ada');
      const forGrace = { ...serverActor(tenantId), userId: 'grace' };
      expect(await code(changes.delete(forGrace, id, fourth))).toBe('permission.denied');
      await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.appUser.updateMany({ where: { id: 'grace' }, data: { role: 'moderator' } }),
        );
      await changes.delete(forGrace, id, fourth);
    });

    it('keeps what was said for moderators, for so long as the tenant says', async () => {
      const id = await group();
      const first = await say(id, 'ada', 'one');
      await changes.edit(as('ada'), id, first.id, { text: 'two' });
      await changes.delete(as('ada'), id, first.id);
      expect(await code(revisions(id, first.id, as('ada')))).toBe('permission.denied');
      const kept = await revisions(id, first.id, as('grace', 'moderator'));
      expect(kept).toMatchObject([
        { version: 2, text: 'two', replacedBy: 'ada' },
        { version: 1, text: 'one' },
      ]);
      expect(await revisions(id, first.id, serverActor(tenantId) as never)).toEqual(kept);
      await domain
        .get(Db)
        .tx(tenantId, ({ prisma }) =>
          prisma.messageRevision.updateMany({ data: { purgeAt: new Date(Date.now() - 1) } }),
        );
      expect(await revisions(id, first.id, as('grace', 'moderator'))).toEqual([]);
      expect(await forgetRevisions(domain.get(Db))).toBe(2);
    });

    it('keeps nothing where the tenant says so', async () => {
      await settings({ deletedTextRetentionDays: 0 });
      const id = await group();
      const first = await say(id, 'ada', 'one');
      await changes.edit(as('ada'), id, first.id, { text: 'two' });
      await changes.delete(as('ada'), id, first.id);
      expect(await revisions(id, first.id, as('grace', 'moderator'))).toEqual([]);
    });

    it('I3: is found by a repeat of the send, which makes no second message', async () => {
      const id = await group();
      const input = { clientMessageId: 'repeated-send', text: 'hello' };
      const send = () => domain.get(MessageService).send(as('ada'), id, input);
      const { message } = await send();
      await changes.delete(as('ada'), id, message.id);
      const again = await send();
      expect(again).toMatchObject({ duplicate: true, message: { id: message.id, text: '' } });
    });

    it('tells the head of the newest counted message that was deleted, and of no other (I11)', async () => {
      const id = await group();
      const [first, second] = [await say(id, 'ada'), await say(id, 'ada')];
      const reply = await domain.get(MessageService).send(as('ada'), id, {
        clientMessageId: 'a-reply-to-it',
        text: 'in a thread',
        threadRoot: { id: second.id, seq: second.seq },
      });
      const lastDeleted = async () => {
        const { prisma } = { prisma: domain.get(Db) };
        return prisma.tx(tenantId, async (tx) => {
          const head = await tx.prisma.conversationHead.findFirst({ where: { conversationId: id } });
          return Number(head?.lastDeletedSeq);
        });
      };
      await changes.delete(as('ada'), id, reply.message.id);
      expect(await lastDeleted()).toBe(0);
      await changes.delete(as('ada'), id, second.id);
      expect(await lastDeleted()).toBe(second.seq);
      await changes.delete(as('ada'), id, first.id);
      expect(await lastDeleted()).toBe(second.seq);
    });
  });

  it('V13: a change of what was said before a member’s time is a place alone, in sync too', async () => {
    const id = await group('joined');
    const old = await say(id, 'ada', 'before'); // 2
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]); // 3
    const fresh = await say(id, 'ada', 'after'); // 4
    await changes.edit(as('ada'), id, old.id, { text: 'before two' }); // 5
    await changes.edit(as('ada'), id, fresh.id, { text: 'after two' }); // 6
    await changes.delete(as('ada'), id, old.id); // 7
    const sync = domain.get(SyncService);
    const { conversations } = await sync.sync(as('linus'), {
      epoch: await sync.epoch(tenantId),
      cursors: [[id, 2]],
    });
    expect(conversations[0]?.events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '3 participant.joined',
      '4 message.created',
      '5 void',
      '6 message.updated',
      '7 void',
    ]);
    expect(JSON.stringify(conversations)).not.toContain('before');
    expect(await code(changes.edit(as('linus'), id, old.id, { text: 'x' }))).toBe('message.not_found');
    expect(await code(changes.delete(as('linus', 'moderator'), id, old.id))).toBe('message.not_found');
    expect(await code(revisions(id, old.id, as('linus', 'moderator')))).toBe('message.not_found');
  });
});
