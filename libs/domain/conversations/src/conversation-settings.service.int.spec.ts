import { randomUUID } from 'node:crypto';
import { AuditService } from '@parley/domain/audit';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { ReactionService } from '@parley/domain/reactions';
import { SyncService } from '@parley/domain/sync';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { ConversationSettingsService } from './conversation-settings.service';
import { ConversationService } from './conversation.service';

describe('ConversationSettingsService', () => {
  let domain: Domain;
  let settings: ConversationSettingsService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    settings = domain.get(ConversationSettingsService);
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(more: object = {}): Promise<string> {
    const input = { kind: 'group' as const, participants: [{ userId: 'grace' }], ...more };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }

  function send(userId: string, id: string) {
    const input = { clientMessageId: randomUUID(), text: 'hello' };
    return domain.get(MessageService).send(as(userId), id, input);
  }

  it('changes what it is told and leaves the rest, by one change with a seq, live and in sync', async () => {
    const id = await group({ title: 'Plans', metadata: { a: 1 } });
    const view = await settings.update(as('ada'), id, {
      title: null,
      subject: { type: 'order', id: '7' },
      visibility: 'tenant',
      settings: { posting: 'admins', slowModeSeconds: 30 },
    });
    const rules = {
      status: 'active',
      title: null,
      subject: { type: 'order', id: '7' },
      metadata: { a: 1 },
      visibility: 'tenant',
      history: 'full',
      settings: { reactionMode: 'distinct', posting: 'admins', slowModeSeconds: 30 },
    };
    expect(view).toMatchObject({ id, ...rules, lastSeq: 2, me: { role: 'owner' } });
    const [, event] = domain.published.of(id);
    expect(event).toMatchObject({ type: 'conversation.updated', seq: 2, actor: 'ada' });
    expect(event?.data).toEqual(rules);
    const sync = domain.get(SyncService);
    const { epoch } = await sync.heads(as('grace'), {});
    const { conversations } = await sync.sync(as('grace'), { epoch, cursors: [[id, 1]] });
    expect(conversations[0]?.events).toEqual([event]);
  });

  it('what is so already is no change, and what is refused changes nothing', async () => {
    const id = await group({ title: 'Plans' });
    await settings.update(as('ada'), id, { title: 'Plans', metadata: {}, status: 'active' });
    await settings.update(as('ada'), id, {});
    await expect(settings.update(as('grace'), id, { title: 'x' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    await expect(settings.update(as('linus'), id, { title: 'x' })).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
    expect((await domain.get(ConversationService).get(as('ada'), id)).lastSeq).toBe(1);
  });

  it('keeps direct and distinct conversations what they are', async () => {
    const conversations = domain.get(ConversationService);
    const participants = [{ userId: 'grace' }];
    const direct = await conversations.create(as('ada'), { kind: 'direct', participants });
    const { id } = direct.conversation;
    await expect(settings.update(as('ada'), id, { title: 'x' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    const server = serverActor(tenantId);
    await expect(
      settings.update(server, id, { visibility: 'tenant', history: 'joined' }),
    ).rejects.toMatchObject({ issues: [{ path: 'history' }, { path: 'visibility' }] });
    await expect(settings.update(server, id, { subject: { type: 'a', id: 'b' } })).rejects.toMatchObject({
      code: 'conversation.distinct_fixed',
    });
    await expect(settings.update(server, id, { metadata: { a: 1 } })).resolves.toMatchObject({
      metadata: { a: 1 },
    });
    await expect(
      conversations.create(as('ada'), {
        kind: 'direct',
        participants: [{ userId: 'linus' }],
        visibility: 'tenant',
      }),
    ).rejects.toMatchObject({ issues: [{ path: 'visibility' }] });
  });

  it('history holds for those who join from then on', async () => {
    const id = await group();
    await settings.update(as('ada'), id, { history: 'joined' });
    const { participants } = await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]);
    expect(participants).toMatchObject([{ userId: 'linus', visibleFrom: 3 }]);
    const { data } = await domain.get(ParticipantService).list(as('grace'), id, {});
    expect(data.find(({ userId }) => userId === 'grace')?.visibleFrom).toBe(1);
  });

  it('posting and slow mode hold for sends and, where it makes sense, for edits', async () => {
    const id = await group();
    const { message } = await send('grace', id);
    const edit = (userId: string, messageId: string) =>
      domain.get(MessageChangeService).edit(as(userId), id, messageId, { text: randomUUID() });
    await settings.update(as('ada'), id, { settings: { slowModeSeconds: 60 } });
    await expect(send('grace', id)).rejects.toMatchObject({ code: 'message.slow_mode' });
    await edit('grace', message.id);
    await settings.update(as('ada'), id, { settings: { posting: 'admins', slowModeSeconds: 0 } });
    await expect(send('grace', id)).rejects.toMatchObject({ code: 'message.posting_denied' });
    await expect(edit('grace', message.id)).rejects.toMatchObject({ code: 'message.posting_denied' });
    const own = await send('ada', id);
    await domain.get(ReactionService).add(as('grace'), id, own.message.id, 'heart');
    await domain.get(MessageChangeService).delete(as('grace'), id, message.id);
    await settings.update(as('ada'), id, { settings: { posting: 'nobody' } });
    await expect(send('ada', id)).rejects.toMatchObject({ code: 'message.posting_denied' });
    await expect(edit('ada', own.message.id)).rejects.toMatchObject({ code: 'message.posting_denied' });
  });

  it('a closed conversation is read, not written, until it is opened again', async () => {
    const id = await group();
    const { message } = await send('grace', id);
    await settings.update(as('ada'), id, { status: 'closed' });
    await expect(send('grace', id)).rejects.toMatchObject({ code: 'conversation.closed' });
    await expect(settings.update(as('ada'), id, { title: 'x' })).rejects.toMatchObject({
      code: 'conversation.closed',
    });
    expect((await domain.get(MessageService).page(as('grace'), id, {})).data).toMatchObject([
      { id: message.id },
    ]);
    await settings.update(as('ada'), id, { status: 'active', title: 'again' });
    await send('grace', id);
  });

  it('of changes at once each takes its own place, and the last one holds', async () => {
    const id = await group();
    const titles = Array.from({ length: 8 }, (_, index) => `title ${index}`);
    await Promise.all(titles.map((title) => settings.update(as('ada'), id, { title })));
    const events = domain.published.of<{ seq: number; data: { title: string } }>(id).slice(1);
    expect(events.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    const last = events.find(({ seq }) => seq === 9);
    const { title } = await domain.get(ConversationService).get(as('ada'), id);
    expect(title).toBe(last?.data.title);
  });

  it('is written down, without what metadata holds', async () => {
    const id = await group();
    await settings.update(as('ada'), id, { title: 'x', metadata: { secret: 'canary' } });
    await settings.update(as('ada'), id, { status: 'closed' });
    await settings.update(as('ada'), id, { status: 'active' });
    const { data } = await domain.get(AuditService).list(serverActor(tenantId), { conversationId: id });
    expect(data.map(({ action, details }) => [action, details])).toEqual([
      ['conversation.reopen', { status: 'active' }],
      ['conversation.close', { status: 'closed' }],
      ['conversation.update', { title: 'x', metadata: 'changed' }],
    ]);
  });

  it('no reaction and no edit passes a block', async () => {
    const id = await group();
    const { message } = await send('grace', id);
    const block = { data: { blocked: true }, where: { tenantId, id } };
    await domain.get(Db).tx(tenantId, ({ prisma }) => prisma.conversation.updateMany(block));
    await expect(domain.get(ReactionService).add(as('ada'), id, message.id, 'heart')).rejects.toMatchObject({
      code: 'user.blocked',
    });
  });
});
