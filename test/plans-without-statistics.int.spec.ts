import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createTenant, openDb, rowsTouched, testDatabase, type TestDatabase } from '@parley/testing';

const users = 3_000;
const conversations = 300;
const participantsEach = 10;
/** In the first conversation. Its send keys' index is higher than the primary key then, which looks cheaper. */
const messages = 12_000;
const asked = Array.from({ length: 20 }, (_, index) => `user-${index * 7}`);

/**
 * A function is planned when a connection first calls it, on a new installation while nothing or little is in the tables, and
 * anew when autovacuum has come by. Until then it must not walk what belongs to others either: the tables' own counters tell
 * what was touched, for a plan inside a function shows in no EXPLAIN of the call.
 */
describe('hot statements before the first ANALYZE', () => {
  let database: TestDatabase;
  let tenantId: string;
  const conversationId = randomUUID();
  /** Of its first message, which `user-1` sent. */
  const rootId = randomUUID();
  const rootKey = randomUUID();
  let filled = false;
  /** One connection planned on empty tables, the other one after they were filled. */
  let early: Client;
  let late: Client;

  beforeAll(async () => {
    database = await testDatabase();
    const db = openDb(database);
    tenantId = await createTenant(db);
    await db.close();
    early = await plan();
    const admin = new Client(database.adminUrl);
    await admin.connect();
    await fill(admin);
    filled = true;
    // Or the counters of the filling would arrive while others are read.
    await admin.query('SELECT pg_stat_force_next_flush()');
    await admin.end();
    late = await plan();
  });
  afterAll(async () => {
    await early.end();
    await late.end();
    await database.drop();
  });

  async function plan(): Promise<Client> {
    const client = new Client(database.appUrl);
    await client.connect();
    await client.query('BEGIN');
    for (const [, call, parameters] of lookUps) await client.query(call, parameters());
    await client.query('ROLLBACK');
    return client;
  }

  async function fill(admin: Client): Promise<void> {
    await admin.query(
      `INSERT INTO app_user (tenant_id, id) SELECT $1, 'user-' || u FROM generate_series(0, $2) u`,
      [tenantId, users],
    );
    await admin.query(
      `INSERT INTO user_presence (tenant_id, user_id, last_seen_at) SELECT $1, 'user-' || u, now() FROM generate_series(0, $2) u`,
      [tenantId, users],
    );
    await admin.query(
      `WITH made AS (INSERT INTO conversation (tenant_id, id, kind)
                     SELECT $1, CASE WHEN n = 1 THEN $3 ELSE gen_random_uuid() END, 'group' FROM generate_series(1, $2) n
                     RETURNING id)
       INSERT INTO conversation_head (tenant_id, conversation_id) SELECT $1, id FROM made`,
      [tenantId, conversations, conversationId],
    );
    await admin.query(
      `INSERT INTO participant (tenant_id, conversation_id, user_id, visible_from, joined_at)
       SELECT $1, h.conversation_id, 'user-' || (h.n * $2 + p), 1, now()
         FROM (SELECT conversation_id, row_number() OVER (ORDER BY conversation_id <> $3) - 1 AS n
                 FROM conversation_head WHERE tenant_id = $1) h,
              generate_series(0, $2 - 1) p`,
      [tenantId, participantsEach, conversationId],
    );
    await admin.query(
      `WITH written AS (
         INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                              at, created_at)
         SELECT $1, $2, n, CASE WHEN n = 1 THEN $4 ELSE gen_random_uuid() END, 'user-' || n % 10,
                CASE WHEN n = 1 THEN $5 ELSE gen_random_uuid() END, '', n, 'text', 'Hello', now(), now()
           FROM generate_series(1, $3) n)
       UPDATE conversation_head SET last_seq = $3, message_count = $3 WHERE tenant_id = $1 AND conversation_id = $2`,
      [tenantId, conversationId, messages, rootId, rootKey],
    );
  }

  /** Messages of new keys, none where there is no conversation yet; `more`: what else each has. */
  function sends(more: object = {}): string {
    const rows = Array.from({ length: filled ? 20 : 0 }, (_, i) => ({
      i,
      c: conversationId,
      id: randomUUID(),
      s: `user-${i % 10}`,
      k: randomUUID(),
      h: '00',
      kind: 'text',
      t: 'Hello',
      at: new Date(),
      ...more,
    }));
    return JSON.stringify(rows);
  }

  // [what, the call, its parameters, rows that it may touch]
  const lookUps: [string, string, () => unknown[], number][] = [
    [
      'who comes',
      'SELECT * FROM user_seen_v3($1, $2, $3, $4)',
      () => [tenantId, asked, asked.map(() => null), asked.map(() => true)],
      150,
    ],
    ['where they are members', 'SELECT * FROM timeline_audience_v1($1, $2)', () => [tenantId, asked], 100],
    ['whom blocks keep from them', 'SELECT * FROM kept_apart_v1($1, $2)', () => [tenantId, asked], 50],
    [
      'where their conversations stand',
      'SELECT * FROM timeline_heads_v4($1, $2, $3, $4)',
      () => [tenantId, asked, asked.map(() => null), asked.map(() => 500)],
      200,
    ],
    [
      'when they were seen last',
      'SELECT * FROM presence_save_v2($1, $2, $3, $4)',
      () => [tenantId, asked, asked.map(() => new Date()), asked.map(() => null)],
      150,
    ],
    [
      'whether they are seen',
      'SELECT * FROM presence_sight_v3($1, $2, $3)',
      () => [tenantId, 'user-1', asked],
      200,
    ],
    ['sends', 'SELECT * FROM timeline_send_v5($1, $2, $3)', () => [tenantId, sends(), ['search.index']], 400],
    [
      'one send',
      'SELECT * FROM timeline_send_one_v2($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      () => {
        const user = filled ? 'user-1' : 'nobody';
        return [tenantId, conversationId, randomUUID(), user, randomUUID(), '00', 'text', 'Hello', null, []];
      },
      30,
    ],
    [
      'sends that mention',
      'SELECT * FROM timeline_send_v5($1, $2, $3)',
      () => [tenantId, sends({ m: [{ userId: 'user-1' }] }), []],
      600,
    ],
    [
      'replies in a thread',
      'SELECT * FROM timeline_send_v5($1, $2, $3)',
      () => [tenantId, sends({ ts: 1, ti: rootId }), []],
      900,
    ],
    [
      'imports',
      `SELECT * FROM timeline_import_v3(set_config('app.tenant_id', $1, false)::uuid, $2, $3)`,
      () => [tenantId, conversationId, sends()],
      400,
    ],
    [
      'imports of replies',
      `SELECT * FROM timeline_import_v3(set_config('app.tenant_id', $1, false)::uuid, $2, $3)`,
      () => [tenantId, conversationId, sends({ rs: 'user-1', rk: rootKey })],
      500,
    ],
  ];

  it.each(lookUps)('%s: touches what it answers with', async (_, call, parameters, most) => {
    for (const client of [early, late]) {
      const before = await rowsTouched(client);
      await client.query(call, parameters());
      expect((await rowsTouched(client)) - before).toBeLessThanOrEqual(most);
    }
  });
});
