import { Client } from 'pg';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { AuditService } from './audit.service';
import { recordAct } from './record-act';

describe('AuditService', () => {
  let domain: Domain;
  let audit: AuditService;
  let tenantId: string;

  const server = () => serverActor(tenantId);
  const as = (userId: string, role: 'member' | 'moderator' | 'admin' = 'member') =>
    userActor(tenantId, userId, role);

  beforeAll(async () => {
    domain = await Domain.start();
    audit = domain.get(AuditService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(): Promise<string> {
    const participants = [{ userId: 'grace' }, { userId: 'linus' }];
    const made = await domain.get(ConversationService).create(as('ada'), { kind: 'group', participants });
    return made.conversation.id;
  }

  async function entries(query: Parameters<AuditService['list']>[1] = {}) {
    return (await audit.list(server(), query)).data;
  }

  it('S43: the application can neither change nor delete an entry, nor empty the table', async () => {
    await domain.get(Db).tx(tenantId, (tx) => recordAct(tx, server(), { action: 'key.revoke', target: 'k' }));
    const app = new Client(domain.database.appUrl);
    await app.connect();
    try {
      for (const statement of [
        'UPDATE audit_entry SET reason = NULL',
        'DELETE FROM audit_entry',
        'TRUNCATE audit_entry',
      ]) {
        await app.query(`SELECT set_config('app.tenant_id', '${tenantId}', false)`);
        await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await app.end();
    }
    const admin = new Client(domain.database.adminUrl);
    await admin.connect();
    try {
      const { rows } = await admin.query(
        `SELECT polcmd::text FROM pg_policy WHERE polrelid = 'audit_entry'::regclass ORDER BY 1`,
      );
      expect(rows).toEqual([{ polcmd: 'a' }, { polcmd: 'r' }]);
    } finally {
      await admin.end();
    }
    expect(await entries()).toHaveLength(1);
  });

  it('writes an entry with its act, and none where the act is undone', async () => {
    await expect(
      domain.get(Db).tx(tenantId, async (tx) => {
        await recordAct(tx, server(), { action: 'key.revoke' });
        throw new Error('undone');
      }),
    ).rejects.toThrow();
    expect(await entries()).toEqual([]);
  });

  it('tells of a removal by another and of a role, but not of a leaving or of what was so already', async () => {
    const id = await group();
    const participants = domain.get(ParticipantService);
    await participants.update(as('ada'), id, 'grace', { role: 'admin' });
    await participants.update(as('ada'), id, 'grace', { role: 'admin' });
    await participants.remove(as('grace'), id, 'linus');
    await participants.remove(as('grace'), id, 'grace');
    expect(await entries()).toEqual([
      expect.objectContaining({
        action: 'participant.remove',
        actor: { userId: 'grace', keyId: null },
        target: 'linus',
        conversationId: id,
      }),
      expect.objectContaining({
        action: 'participant.set_role',
        actor: { userId: 'ada', keyId: null },
        target: 'grace',
        details: { role: 'admin', before: 'member' },
      }),
    ]);
  });

  it('tells of a deletion of another’s message, without what it said', async () => {
    const id = await group();
    const send = (text: string) =>
      domain.get(MessageService).send(as('grace'), id, { clientMessageId: `m-${text}-0001`, text });
    const [first, second] = [await send('one'), await send('two')];
    const changes = domain.get(MessageChangeService);
    await changes.delete(as('grace'), id, first.message.id);
    await changes.delete(as('ada'), id, second.message.id);
    await changes.delete(as('ada'), id, second.message.id);
    const told = await entries({ action: 'message.delete' });
    expect(told).toMatchObject([
      { target: second.message.id, details: { messageSeq: second.message.seq, sender: 'grace' } },
    ]);
    expect(JSON.stringify(told)).not.toContain('two');
  });

  it('finds by action, actor, target, conversation and time, page by page, the newest first', async () => {
    const id = await group();
    const participants = domain.get(ParticipantService);
    for (const role of ['admin', 'member', 'guest'] as const)
      await participants.update(as('ada'), id, 'grace', { role });
    const key = server();
    await participants.remove(key, id, 'grace');
    const [removal, ...roles] = await entries();
    expect(roles.map(({ details }) => details['role'])).toEqual(['guest', 'member', 'admin']);
    expect(await entries({ actor: key.keyId })).toEqual([removal]);
    expect(await entries({ action: 'participant.remove' })).toEqual([removal]);
    expect(await entries({ target: 'grace' })).toHaveLength(4);
    expect(await entries({ target: 'linus' })).toEqual([]);
    expect(await entries({ conversationId: id, actor: 'ada' })).toEqual(roles);
    expect(await entries({ from: removal?.at ?? '', action: 'participant.remove' })).toEqual([removal]);
    expect(await entries({ to: roles.at(-1)?.at ?? '' })).toEqual([]);

    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<AuditService['list']>> = await audit.list(server(), {
        limit: 1,
        ...(cursor === null ? {} : { cursor }),
      });
      paged.push(...page.data.map((entry) => entry.id));
      cursor = page.page.next;
    } while (cursor !== null);
    expect(paged).toEqual([removal, ...roles].map((entry) => entry?.id));
  });

  it('S36: shows a tenant its own entries alone', async () => {
    await domain.get(Db).tx(tenantId, (tx) => recordAct(tx, server(), { action: 'key.revoke' }));
    const other = await domain.tenant('ada');
    expect((await audit.list(userActor(other, 'ada', 'admin'), {})).data).toEqual([]);
    await expect(audit.list(as('ada'), {})).rejects.toMatchObject({ code: 'permission.denied' });
  });
});
