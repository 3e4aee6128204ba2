import { randomUUID } from 'node:crypto';
import { AuditService } from '@parley/domain/audit';
import { DraftService, InboxService, ReadService } from '@parley/domain/inbox';
import { MessageService, PinService } from '@parley/domain/messages';
import { OwnershipService, ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Timeline } from '@parley/domain/timeline';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { ConversationDeletionService } from './conversation-deletion.service';
import { ConversationEraser } from './conversation-eraser';
import { ConversationService } from './conversation.service';

describe('ConversationDeletionService', () => {
  let domain: Domain;
  let deletion: ConversationDeletionService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    deletion = domain.get(ConversationDeletionService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(): Promise<string> {
    const input = { kind: 'group' as const, participants: [{ userId: 'grace' }], title: 'Secret' };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }

  function send(userId: string, id: string, text = 'hello') {
    return domain.get(MessageService).send(as(userId), id, { clientMessageId: randomUUID(), text });
  }

  it('S36: afterwards there is no such conversation, for whoever was in it and for server keys', async () => {
    const id = await group();
    const { message } = await send('grace', id);
    await domain.get(DraftService).write(as('grace'), id, 'half a thought');
    await deletion.delete(as('ada'), id);
    const gone = { code: 'conversation.not_found' };
    for (const actor of [as('ada'), as('grace'), serverActor(tenantId)]) {
      await expect(domain.get(ConversationService).get(actor, id)).rejects.toMatchObject(gone);
      await expect(domain.get(MessageService).page(actor, id, {})).rejects.toMatchObject(gone);
      await expect(domain.get(MessageService).get(actor, id, message.id)).rejects.toMatchObject(gone);
      const participants = domain.get(ParticipantService);
      await expect(participants.list(actor, id, {})).rejects.toMatchObject(gone);
      await expect(participants.add(actor, id, [{ userId: 'linus' }])).rejects.toMatchObject(gone);
      await expect(domain.get(PinService).list(actor, id, {})).rejects.toMatchObject(gone);
      await expect(deletion.delete(actor, id)).rejects.toMatchObject(gone);
    }
    await expect(send('grace', id)).rejects.toMatchObject(gone);
    await expect(domain.get(MessageService).locate(as('grace'), message.id)).rejects.toMatchObject({
      code: 'message.not_found',
    });
    expect((await domain.get(InboxService).list(as('grace'), {})).data).toEqual([]);
    expect((await domain.get(DraftService).list(as('grace'), {})).data).toEqual([]);
    expect(await domain.get(ReadService).totals(as('ada'))).toMatchObject({ messages: 0 });
  });

  it('tells everybody by a last event, and whoever comes later that it is over', async () => {
    const id = await group();
    await deletion.delete(as('ada'), id);
    const [, last] = domain.published.of(id);
    expect(last).toMatchObject({ type: 'conversation.deleted', seq: 2, actor: 'ada' });
    expect(domain.published.events.at(-1)?.membership).toEqual({ ended: true });
    const sync = domain.get(SyncService);
    const { epoch, heads } = await sync.heads(as('grace'), {});
    expect(heads).toEqual([]);
    const { conversations } = await sync.sync(as('grace'), { epoch, cursors: [[id, 1]] });
    expect(conversations).toEqual([{ conversationId: id, events: [], head: 0, more: false, left: 0 }]);
  });

  it('is for owners, and of a direct one for server keys alone; it is written down', async () => {
    const id = await group();
    await expect(deletion.delete(as('grace'), id)).rejects.toMatchObject({ code: 'permission.denied' });
    await expect(deletion.delete(as('linus'), id)).rejects.toMatchObject({ code: 'conversation.not_found' });
    const input = { kind: 'direct' as const, participants: [{ userId: 'grace' }] };
    const { conversation } = await domain.get(ConversationService).create(as('ada'), input);
    await expect(deletion.delete(as('ada'), conversation.id)).rejects.toMatchObject({
      code: 'permission.denied',
    });
    await deletion.delete(serverActor(tenantId), conversation.id);
    expect((await domain.get(ConversationService).create(as('ada'), input)).created).toBe(true);
    const { data } = await domain.get(AuditService).list(serverActor(tenantId), {});
    expect(data).toMatchObject([{ action: 'conversation.delete', conversationId: conversation.id }]);
  });

  it('erases all that it held, in pieces, and leaves the place of its deletion', async () => {
    const id = await group();
    const other = await group();
    const { message } = await send('grace', id, 'canary');
    await send('grace', other, 'stays');
    await domain.get(PinService).add(as('ada'), id, message.id);
    await deletion.delete(as('ada'), id);
    const db = domain.get(Db);
    const left = await db.tx(tenantId, ({ prisma }) =>
      prisma.outbox.findMany({ where: { event: 'conversation.deleted' } }),
    );
    expect(left).toMatchObject([{ conversationId: id, handlers: ['conversation.erase'] }]);
    // One row at a time: a piece that is full says that there is more.
    const timeline = domain.get(Timeline);
    const sizes: number[] = [];
    do sizes.push(await db.tx(tenantId, (tx) => timeline.erase(tx, id, 1)));
    while (sizes.at(-1) === 1);
    expect(sizes).toEqual([1, 1, 1, 0]);
    await db.tx(tenantId, (tx) => new ConversationEraser(timeline).erase(tx, [{ conversationId: id }]));
    const rest = await db.tx(tenantId, async ({ prisma }) => ({
      messages: await prisma.message.count({ where: { conversationId: id } }),
      pins: await prisma.pin.count({ where: { conversationId: id } }),
      participants: await prisma.participant.count({ where: { conversationId: id } }),
      changes: await prisma.change.findMany({ where: { conversationId: id }, select: { type: true } }),
      conversation: await prisma.conversation.findFirst({ where: { id } }),
      others: await prisma.message.count({ where: { conversationId: other } }),
      outbox: await prisma.outbox.count({ where: { event: 'conversation.deleted' } }),
    }));
    expect(rest).toMatchObject({
      messages: 0,
      pins: 0,
      participants: 0,
      changes: [{ type: 'conversation.deleted' }],
      conversation: { status: 'deleted', title: null, metadata: {} },
      others: 1,
      outbox: 1,
    });
  });

  it('who could not be taken out at once is shut out all the same, and the rest follows', async () => {
    const id = await group();
    await deletion.delete(as('ada'), id);
    const db = domain.get(Db);
    // As if there had been more of them than one piece takes.
    await db.tx(tenantId, ({ prisma }) =>
      prisma.participant.create({
        data: { tenantId, conversationId: id, userId: 'grace', visibleFrom: 1n, joinedAt: new Date() },
      }),
    );
    await expect(send('grace', id)).rejects.toMatchObject({ code: 'conversation.closed' });
    const gone = { code: 'conversation.not_found' };
    await expect(domain.get(ConversationService).get(as('grace'), id)).rejects.toMatchObject(gone);
    await expect(domain.get(OwnershipService).resetHistory(as('grace'), id)).rejects.toMatchObject(gone);
    const eraser = new ConversationEraser(domain.get(Timeline));
    await db.tx(tenantId, (tx) => eraser.erase(tx, [{ conversationId: id }]));
    await expect(send('grace', id)).rejects.toMatchObject(gone);
  });
});
