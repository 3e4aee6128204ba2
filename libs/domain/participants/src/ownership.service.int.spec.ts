import { randomUUID } from 'node:crypto';
import { AuditService } from '@parley/domain/audit';
import { ConversationService } from '@parley/domain/conversations';
import { ReadService } from '@parley/domain/inbox';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { SyncService } from '@parley/domain/sync';
import { Domain, serverActor, userActor } from '@parley/testing';
import { OwnershipService } from './ownership.service';
import { ParticipantService } from './participant.service';

describe('OwnershipService', () => {
  let domain: Domain;
  let ownership: OwnershipService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    ownership = domain.get(OwnershipService);
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(): Promise<string> {
    const input = { kind: 'group' as const, participants: [{ userId: 'grace' }, { userId: 'linus' }] };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }
  async function rolesOf(id: string): Promise<Record<string, string>> {
    const { data } = await domain.get(ParticipantService).list(serverActor(tenantId), id, {});
    return Object.fromEntries(data.map(({ userId, role }) => [userId, role]));
  }
  function send(userId: string, id: string) {
    const input = { clientMessageId: randomUUID(), text: 'hello' };
    return domain.get(MessageService).send(as(userId), id, input);
  }

  it('hands a conversation over in one step, so that it is never without an owner', async () => {
    const id = await group();
    const { participants } = await ownership.transfer(as('ada'), id, 'grace');
    expect(participants).toMatchObject([
      { userId: 'grace', role: 'owner' },
      { userId: 'ada', role: 'admin' },
    ]);
    expect(await rolesOf(id)).toEqual({ ada: 'admin', grace: 'owner', linus: 'member' });
    expect(domain.published.of(id).slice(1)).toMatchObject([
      { seq: 2, type: 'participant.updated', data: { userId: 'grace', role: 'owner' } },
      { seq: 3, type: 'participant.updated', data: { userId: 'ada', role: 'admin' } },
    ]);
    await expect(ownership.transfer(as('ada'), id, 'linus')).rejects.toMatchObject({
      code: 'permission.denied',
    });
    expect(await ownership.transfer(as('grace'), id, 'grace')).toEqual({ participants: [] });
    const { data } = await domain.get(AuditService).list(serverActor(tenantId), { conversationId: id });
    expect(data).toMatchObject([
      { action: 'conversation.transfer', target: 'grace', details: { from: ['ada'] } },
    ]);
  });

  it('of several owners only the one that asks steps down; a back end names the one owner', async () => {
    const id = await group();
    await domain.get(ParticipantService).update(as('ada'), id, 'linus', { role: 'owner' });
    await ownership.transfer(as('ada'), id, 'grace');
    expect(await rolesOf(id)).toEqual({ ada: 'admin', grace: 'owner', linus: 'owner' });
    await ownership.transfer(serverActor(tenantId), id, 'ada');
    expect(await rolesOf(id)).toEqual({ ada: 'owner', grace: 'admin', linus: 'admin' });
  });

  it('goes to participants alone, and not in direct conversations', async () => {
    const id = await group();
    await domain.get(ParticipantService).remove(as('linus'), id, 'linus');
    for (const userId of ['linus', 'nobody'])
      await expect(ownership.transfer(as('ada'), id, userId)).rejects.toMatchObject({
        code: 'participant.not_found',
      });
    const input = { kind: 'direct' as const, participants: [{ userId: 'grace' }] };
    const { conversation } = await domain.get(ConversationService).create(as('ada'), input);
    await expect(ownership.transfer(as('ada'), conversation.id, 'grace')).rejects.toMatchObject({
      code: 'participant.direct_fixed',
    });
  });

  it('of two transfers at once one comes after the other, and one owner is left', async () => {
    const id = await group();
    const done = await Promise.allSettled([
      ownership.transfer(as('ada'), id, 'grace'),
      ownership.transfer(as('ada'), id, 'linus'),
    ]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(Object.values(await rolesOf(id)).filter((role) => role === 'owner')).toHaveLength(1);
  });

  it('a reset takes one’s own history away, for oneself alone', async () => {
    const id = await group();
    const { message } = await send('ada', id);
    const { participant } = await ownership.resetHistory(as('grace'), id);
    expect(participant).toMatchObject({ userId: 'grace', visibleFrom: 3 });
    const read = (userId: string) => domain.get(MessageService).page(as(userId), id, {});
    expect((await read('grace')).data).toEqual([]);
    expect((await read('ada')).data).toMatchObject([{ id: message.id }]);
    expect(await domain.get(ReadService).totals(as('grace'))).toMatchObject({ messages: 0 });
    const view = await domain.get(ConversationService).get(as('grace'), id);
    expect(view).toMatchObject({ lastMessage: null, me: { visibleFrom: 3, readSeq: 3, unread: 0 } });
    await send('ada', id);
    expect((await domain.get(ConversationService).get(as('grace'), id)).me?.unread).toBe(1);
    await expect(ownership.resetHistory(serverActor(tenantId), id)).rejects.toMatchObject({
      code: 'actor.required',
    });
  });

  it('I8: its place is told to all, what it is to its user alone, and what was before stays gone', async () => {
    const id = await group();
    const { message } = await send('ada', id);
    await ownership.resetHistory(as('grace'), id);
    await domain.get(MessageChangeService).edit(as('ada'), id, message.id, { text: 'edited' });
    const sync = domain.get(SyncService);
    const { epoch } = await sync.heads(as('ada'), {});
    const eventsOf = async (userId: string) => {
      const { conversations } = await sync.sync(as(userId), { epoch, cursors: [[id, 2]] });
      return conversations[0]?.events.map(({ type }) => type);
    };
    expect(await eventsOf('grace')).toEqual(['history.reset', 'void']);
    expect(await eventsOf('ada')).toEqual(['void', 'message.updated']);
    expect(domain.published.events.at(-2)).toMatchObject({
      onlyFor: 'grace',
      membership: { reset: { userId: 'grace', visibleFrom: 3 } },
    });
  });
});
