import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Db } from '@parley/platform/database';
import { createConversation, createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { bodyHash } from './body-hash';
import { Timeline } from './timeline';

const hashKey = Buffer.from('the key of a test tenant');

describe('the tail', () => {
  let database: TestDatabase;
  let db: Db;
  let admin: Client;
  let timeline: Timeline;
  let tenantId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    admin = new Client(database.adminUrl);
    await admin.connect();
    timeline = new Timeline(db);
  });

  beforeEach(async () => {
    tenantId = await createTenant(db);
  });

  afterAll(async () => {
    await admin.end();
    await db.close();
    await database.drop();
  });

  async function send(conversationId: string, sender: string): Promise<number> {
    const body = { kind: 'text' as const, text: 'hello' };
    const { seq } = await timeline.send(tenantId, {
      c: conversationId,
      s: sender,
      k: randomUUID(),
      h: bodyHash(hashKey, body),
      kind: body.kind,
      t: body.text,
    });
    return Number(seq);
  }

  async function join(conversationId: string, ...userIds: string[]): Promise<number> {
    return db.tx(tenantId, async (tx) => {
      const locked = await timeline.lock(tx, conversationId);
      const visibleFrom = (locked?.lastSeq ?? 0) + 1;
      const participants = userIds.map((userId) => ({
        userId,
        role: 'member' as const,
        label: null,
        visibleFrom,
      }));
      const [event] = await timeline.append(tx, conversationId, [
        { type: 'participant.joined', actor: null, data: { participants } },
      ]);
      return event?.seq ?? 0;
    });
  }

  /** What the tail says of this test's tenant. */
  async function tail(watermark: number | null = null) {
    const { value: page } = await timeline.tail(watermark).next();
    if (page === undefined) throw new RangeError('the tail is empty');
    const mine = (each: { tenantId: string }): boolean => each.tenantId === tenantId;
    return { ...page, entries: page.entries.filter(mine), revocations: page.revocations.filter(mine) };
  }

  it('F21: names each conversation that was written in with its newest seq, over all tenants', async () => {
    const [one, two] = [
      await createConversation(db, tenantId, ['ann']),
      await createConversation(db, tenantId, ['ann']),
    ];
    await createConversation(db, tenantId, ['ann']);
    for (let count = 0; count < 3; count += 1) await send(one, 'ann');
    await send(two, 'ann');
    const { entries, from, to } = await tail();
    expect(entries).toEqual(
      expect.arrayContaining([
        { tenantId, conversationId: one, seq: 3 },
        { tenantId, conversationId: two, seq: 1 },
      ]),
    );
    expect(entries).toHaveLength(2);
    expect(to - from).toBe(15_000);
  });

  it('names those who joined and are members still', async () => {
    const conversationId = await createConversation(db, tenantId, ['ann', 'bob', 'cid']);
    await join(conversationId, 'ann', 'bob');
    await join(conversationId, 'cid');
    const again = await join(conversationId, 'ann');
    await db.tx(tenantId, ({ prisma }) =>
      prisma.participant.updateMany({ where: { conversationId, userId: 'bob' }, data: { leftSeq: 4n } }),
    );
    const [entry] = (await tail()).entries;
    expect(entry).toMatchObject({ conversationId, seq: again });
    expect(entry?.joined?.sort((a, b) => a.userId.localeCompare(b.userId))).toEqual([
      { userId: 'ann', seq: again },
      { userId: 'cid', seq: 2 },
    ]);
  });

  it('goes on where it stood, and looks back 15 s for transactions that were open', async () => {
    const conversationId = await createConversation(db, tenantId, ['ann']);
    const { to } = await tail();
    await send(conversationId, 'ann');
    expect(await tail(to)).toMatchObject({ from: to - 15_000, entries: [{ conversationId, seq: 1 }] });
    expect((await tail(to + 3_600_000)).to).toBeLessThan(to + 60_000);
    await admin.query(`UPDATE message SET created_at = created_at - interval '16 s' WHERE tenant_id = $1`, [
      tenantId,
    ]);
    expect((await tail()).entries).toEqual([]);
    expect((await tail(to - 10_000)).entries).toHaveLength(1);
  });

  it('glances at what is newest', async () => {
    const conversationId = await createConversation(db, tenantId, ['ann']);
    const { to } = await tail();
    await send(conversationId, 'ann');
    const glance = await timeline.glance(to);
    expect(glance).toMatchObject({ from: to - 1_000, glance: true });
    expect(glance.to).toBeGreaterThanOrEqual(to);
    expect(glance.entries).toContainEqual({ tenantId, conversationId, seq: 1 });
    await admin.query(`UPDATE message SET created_at = created_at - interval '5 s' WHERE tenant_id = $1`, [
      tenantId,
    ]);
    const mine = (await timeline.glance(to)).entries.filter((entry) => entry.tenantId === tenantId);
    expect(mine).toEqual([]);
    expect((await tail(to)).entries).toHaveLength(1);
  });

  it('says where it was cut short, and misses nothing behind', async () => {
    const conversationId = await createConversation(db, tenantId, ['ann']);
    for (let count = 0; count < 7; count += 1) await send(conversationId, 'ann');
    const system = new Client(database.systemUrl);
    await system.connect();
    try {
      await admin.query(
        `UPDATE message SET created_at = now() - seq * interval '1 hour' WHERE tenant_id = $1 AND seq < 7`,
        [tenantId],
      );
      const seen: number[] = [];
      let watermark = new Date(Date.now() - 10 * 3_600_000);
      for (let more = true; more;) {
        const { rows } = await system.query<{
          to_at: Date;
          cut: boolean;
          entries: { t: string; s: number }[];
        }>('SELECT * FROM system_tail_v1($1, 0, 2)', [watermark]);
        const [row] = rows;
        if (row === undefined || seen.length > 50) throw new RangeError('the tail goes nowhere');
        seen.push(...row.entries.filter(({ t }) => t === tenantId).map(({ s }) => s));
        more = row.cut;
        watermark = row.to_at;
      }
      // The oldest is the one with the highest seq of its page: each page names the newest seq of what it covers.
      expect(seen[0]).toBe(6);
      expect(seen.at(-1)).toBe(7);
      expect(seen.length).toBeGreaterThan(3);
    } finally {
      await system.end();
    }
  });

  describe('S4: who was shut out', () => {
    const ask = (sql: string, ...values: unknown[]) => admin.query(sql, values);

    beforeEach(() =>
      ask(`INSERT INTO app_user (tenant_id, id) VALUES ($1, 'ann'), ($1, 'bob'), ($1, 'cid')`, tenantId),
    );

    it('names users by what ended, whatever clock said when', async () => {
      await ask(
        `UPDATE app_user SET tokens_valid_after = '2020-01-01Z' WHERE tenant_id = $1 AND id = 'ann'`,
        tenantId,
      );
      await ask(
        `UPDATE app_user SET deactivated_at = '2020-01-01Z' WHERE tenant_id = $1 AND id = 'bob'`,
        tenantId,
      );
      await ask(`UPDATE app_user SET name = 'Cid' WHERE tenant_id = $1 AND id = 'cid'`, tenantId);
      const { revocations } = await tail();
      const issuedUpTo = Date.UTC(2020, 0, 1);
      expect(revocations.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
        { kind: 'user', tenantId, userId: 'ann', issuedUpTo, deactivated: false },
        { kind: 'user', tenantId, userId: 'bob', issuedUpTo: null, deactivated: true },
      ]);
    });

    it('names keys and tenants, and not a tenant that is active again', async () => {
      const keyId = randomUUID();
      await ask(
        `INSERT INTO tenant_key (id, tenant_id, kid, name, algorithm, secret) VALUES ($1, $2, $3, 'k', 'HS256', '')`,
        keyId,
        tenantId,
        `pk_${keyId}`,
      );
      expect((await tail()).revocations).toEqual([]);
      await ask(`UPDATE tenant_key SET revoked_at = '2020-01-01Z' WHERE id = $1`, keyId);
      await ask(`UPDATE tenant SET status = 'suspended' WHERE id = $1`, tenantId);
      expect((await tail()).revocations).toEqual(
        expect.arrayContaining([
          { kind: 'key', tenantId, keyId },
          { kind: 'tenant', tenantId },
        ]),
      );
      await ask(`UPDATE tenant SET status = 'active' WHERE id = $1`, tenantId);
      expect((await tail()).revocations).toEqual([{ kind: 'key', tenantId, keyId }]);
    });
  });

  it('walks the index of times alone, however much was written before', async () => {
    const conversationId = await createConversation(db, tenantId, ['ann']);
    await send(conversationId, 'ann');
    await admin.query(
      `INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, kind, text, at, created_at)
       SELECT tenant_id, conversation_id, g, gen_random_uuid(), sender, g::text, body_hash, kind, text, at,
              created_at - (g > 10000)::int * interval '1 day'
         FROM message, generate_series(2, 60000) g WHERE tenant_id = $1 AND seq = 1`,
      [tenantId],
    );
    const plan = await admin.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT m.seq FROM message m WHERE m.created_at >= now() - interval '15 s'
        ORDER BY m.created_at FETCH FIRST 20000 ROWS WITH TIES`,
    );
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('message_created_at_idx');
    expect((await tail()).entries).toEqual([{ tenantId, conversationId, seq: 10_000 }]);
  });
});
