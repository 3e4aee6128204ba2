import { randomBytes } from 'node:crypto';
import { createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import type { ImportMessageDto } from '@parley/contracts/dto';
import type { ImportResult } from '@parley/contracts/wire';
import type { ServerActor } from '@parley/platform/auth';
import type { Db } from '@parley/platform/database';
import type { TenantService } from '@parley/domain/tenants';
import { Timeline } from '@parley/domain/timeline';
import { ImportRepository } from './import.repository';
import { ImportService } from './import.service';

const at = (minute: number): string => new Date(Date.UTC(2017, 8, 22, 10, minute)).toISOString();

function message(n: number, more: Partial<ImportMessageDto> = {}): ImportMessageDto {
  return {
    conversationKey: 'slack.C1',
    sender: n % 2 === 0 ? 'ada' : 'ben',
    clientMessageId: `slack.C1.${n}`,
    text: `message ${n}`,
    at: at(n),
    ...more,
  };
}

const replyTo = (root: ImportMessageDto): Pick<ImportMessageDto, 'threadRoot'> => ({
  threadRoot: { sender: root.sender, clientMessageId: root.clientMessageId },
});

const users = [{ id: 'ada', name: 'Ada' }, { id: 'ben' }, { id: 'cyd' }];
const channel = { key: 'slack.C1', kind: 'channel' as const, title: 'general', participants: ['ada', 'ben'] };

describe('ImportService', () => {
  let database: TestDatabase;
  let db: Db;
  let timeline: Timeline;
  let service: ImportService;
  let actor: ServerActor;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    timeline = new Timeline(db);
    const key = randomBytes(32);
    const tenants = { bodyHashKey: () => Promise.resolve(key) } as unknown as TenantService;
    service = new ImportService(db, timeline, tenants, new ImportRepository());
  }, 60_000);

  beforeEach(async () => {
    const tenantId = await createTenant(db);
    actor = { kind: 'server', tenantId, keyId: 'key', scopes: ['imports'], userId: null };
  });

  afterAll(async () => {
    await db?.close();
    await database?.drop();
  });

  const idOf = (result: ImportResult): string => result.conversations[0]?.id ?? '';
  const read = (id: string): ReturnType<Timeline['page']> =>
    timeline.page(actor.tenantId, id, { low: 1, high: 1_000, newestFirst: false, limit: 500 });
  const head = (id: string): Promise<{ last_seq: bigint; message_count: bigint }[]> =>
    db.tx(
      actor.tenantId,
      ({ sql }) =>
        sql`SELECT last_seq, message_count FROM conversation_head WHERE conversation_id = ${id}::uuid`,
    );

  it('stores a page in its order, with original times, dense seqs and no ordinals (I4, I11)', async () => {
    const messages = Array.from({ length: 20 }, (_, n) => message(n));
    const result = await service.importPage(actor, { users, conversations: [channel], messages });
    expect(result).toMatchObject({
      users: { created: 3, existing: 0 },
      conversations: [{ key: 'slack.C1', created: true }],
      messages: { created: 20, duplicate: 0, skipped: [] },
    });
    const stored = await read(idOf(result));
    expect(stored.map(({ clientMessageId }) => clientMessageId)).toEqual(
      messages.map((m) => m.clientMessageId),
    );
    // Seq 1 is the change by which the participants joined.
    expect(stored.map(({ seq }) => seq)).toEqual(messages.map((_, n) => n + 2));
    expect(stored.every(({ imported }) => imported)).toBe(true);
    expect(stored[7]?.at).toBe(at(7));
    expect(await head(idOf(result))).toEqual([{ last_seq: 21n, message_count: 0n }]);
    const ordinals = await db.tx(
      actor.tenantId,
      ({ sql }) => sql`SELECT 1 FROM message WHERE ordinal IS NOT NULL`,
    );
    expect(ordinals).toEqual([]);
  });

  it('adds nothing the second time (I3)', async () => {
    const messages = [message(0), message(1), message(2, replyTo(message(0)))];
    const page = { users, conversations: [channel], messages };
    const first = await service.importPage(actor, page);
    const again = await service.importPage(actor, page);
    expect(again).toEqual({
      users: { created: 0, existing: 3 },
      conversations: [{ id: idOf(first), key: 'slack.C1', created: false }],
      messages: { created: 0, duplicate: 3, skipped: [] },
    });
    expect(await head(idOf(first))).toEqual([{ last_seq: 4n, message_count: 0n }]);
  });

  it('links replies to roots of the same page and of earlier ones, and says which root is missing', async () => {
    const early = message(0);
    const first = await service.importPage(actor, { users, conversations: [channel], messages: [early] });
    const root = message(1);
    const lost = message(4, { threadRoot: { sender: 'ada', clientMessageId: 'slack.C1.gone' } });
    const result = await service.importPage(actor, {
      messages: [root, message(2, replyTo(root)), message(3, replyTo(early)), lost],
    });
    expect(result.messages).toEqual({
      created: 4,
      duplicate: 0,
      skipped: [{ clientMessageId: lost.clientMessageId, reason: 'thread_root_missing' }],
    });
    const stored = await read(idOf(first));
    const [storedEarly, storedRoot, ...replies] = stored;
    expect(replies.map(({ threadRoot }) => threadRoot)).toEqual([
      { id: storedRoot?.id, seq: storedRoot?.seq },
      { id: storedEarly?.id, seq: storedEarly?.seq },
      null,
    ]);
  });

  it('merges names that stand in a page twice', async () => {
    const result = await service.importPage(actor, {
      users: [...users, { id: 'ada', name: 'Other' }],
      conversations: [channel, { ...channel, title: 'other', participants: ['cyd'] }],
      messages: [message(0), message(0), message(0, { text: 'another text' })],
    });
    expect(result.users).toEqual({ created: 3, existing: 0 });
    expect(result.conversations).toHaveLength(1);
    expect(result.messages).toEqual({
      created: 1,
      duplicate: 1,
      skipped: [{ clientMessageId: 'slack.C1.0', reason: 'key_conflict' }],
    });
    const access = await Promise.all(
      ['ada', 'ben', 'cyd'].map((user) => timeline.access(actor.tenantId, user, [idOf(result)])),
    );
    expect(access.flat().map(({ visibleFrom, leftSeq }) => [visibleFrom, leftSeq])).toEqual([
      [1, null],
      [1, null],
      [1, null],
    ]);
  });

  it('adds participants who are missing by one change, and leaves those alone who left', async () => {
    const first = await service.importPage(actor, { users, conversations: [channel] });
    await db.tx(
      actor.tenantId,
      ({ sql }) => sql`UPDATE participant SET left_seq = 1 WHERE user_id = 'ben' RETURNING 1`,
    );
    await service.importPage(actor, { conversations: [{ ...channel, participants: ['ada', 'ben', 'cyd'] }] });
    const events = await timeline.ranges(
      actor.tenantId,
      [{ conversationId: idOf(first), from: 1, to: 9 }],
      100,
    );
    expect(events).toMatchObject([
      { seq: 1, type: 'participant.joined', data: { participants: [{ userId: 'ada' }, { userId: 'ben' }] } },
      {
        seq: 2,
        type: 'participant.joined',
        actor: null,
        data: { participants: [{ userId: 'cyd', visibleFrom: 1 }] },
      },
    ]);
    const [ben] = await timeline.access(actor.tenantId, 'ben', [idOf(first)]);
    expect(ben?.leftSeq).toBe(1);
  });

  it('takes a sender who is no participant, and refuses one who is no user', async () => {
    const result = await service.importPage(actor, {
      users,
      conversations: [channel],
      messages: [message(0, { sender: 'cyd' })],
    });
    expect(result.messages.created).toBe(1);
    await expect(
      service.importPage(actor, { messages: [message(1), message(2, { sender: 'nobody' })] }),
    ).rejects.toMatchObject({ code: 'request.invalid', issues: [{ path: 'messages.1.sender' }] });
    expect(await read(idOf(result))).toHaveLength(1);
  });

  it('writes nothing of a page that names an unknown conversation', async () => {
    const messages = [message(0), message(1, { conversationKey: 'slack.C9' })];
    await expect(
      service.importPage(actor, { users, conversations: [channel], messages }),
    ).rejects.toMatchObject({
      code: 'import.conversation_unknown',
      issues: [{ path: 'messages.1.conversationKey' }],
    });
    const left = await db.tx(
      actor.tenantId,
      ({ sql }) => sql`SELECT id FROM app_user UNION ALL SELECT id::text FROM conversation`,
    );
    expect(left).toEqual([]);
  });

  it('makes one conversation of two imports at the same time, without a hole', async () => {
    await service.importPage(actor, { users });
    const page = (start: number): ImportMessageDto[] =>
      Array.from({ length: 30 }, (_, n) => message(start + n));
    const results = await Promise.all(
      [0, 20, 40].map((start) =>
        service.importPage(actor, { conversations: [channel], messages: page(start) }),
      ),
    );
    expect(new Set(results.map(idOf)).size).toBe(1);
    const stored = await read(idOf(results[0] as ImportResult));
    expect(new Set(stored.map(({ clientMessageId }) => clientMessageId)).size).toBe(70);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 70 }, (_, n) => n + 2));
  });

  it('keeps tenants apart that import the same names (I14)', async () => {
    const page = { users, conversations: [channel], messages: [message(0)] };
    const first = await service.importPage(actor, page);
    const other = { ...actor, tenantId: await createTenant(db) };
    const second = await service.importPage(other, page);
    expect(second.messages.created).toBe(1);
    expect(idOf(second)).not.toBe(idOf(first));
  });

  it.each(['2017-W38-5', '2017-09-22', '2017-09-22T10:00', '+012345-01-01T00:00:00Z'])(
    'refuses %s, which is no moment',
    async (time) => {
      const page = { users, conversations: [channel], messages: [message(0), message(1, { at: time })] };
      await expect(service.importPage(actor, page)).rejects.toMatchObject({
        code: 'request.invalid',
        issues: [{ path: 'messages.1.at' }],
      });
    },
  );

  it('is for server keys with the scope alone, and knows no direct conversations', async () => {
    const person = {
      kind: 'user',
      tenantId: actor.tenantId,
      userId: 'ada',
      role: 'admin',
      issuedAt: 0,
      expiresAt: 0,
      keyId: 'key',
      invisible: false,
    } as const;
    await expect(service.importPage(person, {})).rejects.toMatchObject({ code: 'permission.denied' });
    const weak: ServerActor = { ...actor, scopes: ['users'] };
    await expect(service.importPage(weak, {})).rejects.toMatchObject({ code: 'scope.missing' });
    await expect(
      service.importPage(actor, { users, conversations: [{ ...channel, kind: 'direct' }] }),
    ).rejects.toMatchObject({ code: 'request.invalid', issues: [{ path: 'conversations.0.kind' }] });
  });
});
