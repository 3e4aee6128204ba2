import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { MessageSearchQueryDto } from '@parley/contracts/dto';
import type { Db } from '@parley/platform/database';
import { ReactionReader } from '@parley/domain/reactions';
import { searchDocument, SearchService } from '@parley/domain/search';
import { Timeline } from '@parley/domain/timeline';
import {
  createConversation,
  createTenant,
  openDb,
  testDatabase,
  userActor,
  type TestDatabase,
} from '@parley/testing';

const messages = 1_000_000;
/** The one that is looked at has half of them, so that a walk over one conversation would show as well. */
const conversations = 20_001;
const participantsEach = 10;
const changesEach = 5;
/** Of one user, for the list. */
const ownConversations = 1_000;
const deletedMessages = 100;

/** PostgreSQL adds up what a session did about once a second; this makes it do so at once. */
const flush = { name: 'flush', text: 'SELECT pg_stat_force_next_flush()' };

interface Counts {
  scans: number;
  rows: number;
}

/**
 * What the hot functions do at a size at which a wrong plan would be felt by everybody. A plan inside a function shows in no
 * EXPLAIN of the call: the tables' own counters tell what was walked.
 */
describe('hot statements at 10^6 messages', () => {
  let database: TestDatabase;
  let db: Db;
  let admin: Client;
  let timeline: Timeline;
  let tenantId: string;
  let hot: string;
  let last: number;
  let someId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    admin = new Client(database.adminUrl);
    await admin.connect();
    timeline = new Timeline(db, []);
    tenantId = await createTenant(db);
    hot = await createConversation(db, tenantId, ['ada', 'grace']);
    await fill();
    last = messages / 2;
    const [some] = await timeline.page(tenantId, hot, page);
    someId = some?.id ?? '';
  }, 300_000);

  afterAll(async () => {
    await db.close();
    await admin.end();
    await database.drop();
  });

  /** Half of the messages in one conversation, half over twenty thousand others; other users of the tenant in all of those. */
  async function fill(): Promise<void> {
    // Only while filling: no check of foreign keys and no trigger for a million rows.
    await admin.query('SET session_replication_role = replica');
    await admin.query(
      `INSERT INTO app_user (tenant_id, id) SELECT $1, 'user-' || u FROM generate_series(1, 2000) u`,
      [tenantId],
    );
    await admin.query(
      `WITH other AS (INSERT INTO conversation (tenant_id, id, kind)
                      SELECT $1, gen_random_uuid(), 'group' FROM generate_series(2, $2) RETURNING id)
       INSERT INTO conversation_head (tenant_id, conversation_id) SELECT $1, id FROM other`,
      [tenantId, conversations],
    );
    await admin.query(
      `INSERT INTO participant (tenant_id, conversation_id, user_id, visible_from, joined_at)
       SELECT $1, h.conversation_id, 'user-' || (1 + (p * 97 + row_number() OVER ()) % 2000), 1, now()
         FROM conversation_head h, generate_series(1, $2) p
        WHERE h.tenant_id = $1 AND h.conversation_id <> $3
       ON CONFLICT DO NOTHING`,
      [tenantId, participantsEach, hot],
    );
    await admin.query(
      `INSERT INTO participant (tenant_id, conversation_id, user_id, visible_from, joined_at)
       SELECT $1, h.conversation_id, 'ada', 1, now() FROM conversation_head h
        WHERE h.tenant_id = $1 AND h.conversation_id <> $2 LIMIT 50`,
      [tenantId, hot],
    );
    await admin.query(
      `INSERT INTO participant (tenant_id, conversation_id, user_id, visible_from, joined_at)
       SELECT $1, h.conversation_id, 'linus', 1, now() FROM conversation_head h WHERE h.tenant_id = $1 LIMIT $2`,
      [tenantId, ownConversations],
    );
    await admin.query(
      `INSERT INTO change (tenant_id, conversation_id, seq, id, type, at, created_at)
       SELECT $1, h.conversation_id, -g, gen_random_uuid(), 'participant.updated', now() - interval '1 day',
              now() - interval '1 day'
         FROM conversation_head h, generate_series(1, $2) g WHERE h.tenant_id = $1`,
      [tenantId, changesEach],
    );
    const insert = (source: string): string => `
      INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                           thread_root, at, created_at)
      SELECT $1, s.c, s.seq, gen_random_uuid(), 'ada', 'filled-' || s.seq, '\\x00', s.seq, 'text', 'filled',
             CASE WHEN s.seq % 100 = 7 THEN 1 END, now() - interval '1 day', now() - interval '1 day'
        FROM (${source}) s`;
    await admin.query(insert('SELECT $2::uuid AS c, g AS seq FROM generate_series(1, $3) g'), [
      tenantId,
      hot,
      messages / 2,
    ]);
    await admin.query(
      insert(`SELECT h.conversation_id AS c, g AS seq FROM conversation_head h, generate_series(1, $3) g
               WHERE h.tenant_id = $1 AND h.conversation_id <> $2`),
      [tenantId, hot, messages / 2 / (conversations - 1)],
    );
    await admin.query(
      `UPDATE message SET deleted_at = now(), sender = 'grace' WHERE conversation_id = $1 AND seq > $2`,
      [hot, messages / 2 - deletedMessages],
    );
    // As SearchIndex would write it, of one message in ten, an hour for a hundred of them.
    const document = searchDocument(
      { tenantId, conversationId: hot, sender: 'ada', at: new Date(0), text: 'filled', isReply: false },
      new Date(),
    );
    const timeless = document.replaceAll(/'@\d\.\d+' ?/g, '');
    await admin.query(
      `INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words, at)
       SELECT m.tenant_id, m.conversation_id, m.seq, m.id,
              ($2::tsvector || array_to_tsvector(ARRAY['word' || m.seq % 5000] || ARRAY(
                SELECT '=' || substr('word' || m.seq % 5000, i, 3) FROM generate_series(1, 6) i) || ARRAY(
                SELECT '@' || l || '.' || floor(extract(epoch FROM t.at) * 1000 / (4096000 * 8 ^ l))::bigint
                  FROM generate_series(0, 3) l))), t.at
         FROM message m
        CROSS JOIN LATERAL (SELECT now() - (100000 - m.seq) / 100 * interval '1 hour' AS at) t
        WHERE m.conversation_id = $1 AND m.seq <= 100000`,
      [hot, timeless],
    );
    await admin.query(
      `UPDATE conversation_head h SET last_seq = x.seq, message_count = x.seq, last_deleted_seq = x.seq,
              last_mention_seq = x.seq
         FROM (SELECT conversation_id, max(seq) AS seq FROM message GROUP BY 1) x
        WHERE x.conversation_id = h.conversation_id`,
    );
    await admin.query(
      `INSERT INTO mention (tenant_id, conversation_id, target, message_seq, sender)
       SELECT tenant_id, conversation_id, CASE WHEN seq % 5000 = 0 THEN 'user:grace' ELSE 'user:user-' || seq % 2000 END,
              seq, sender
         FROM message WHERE conversation_id = $1 AND seq % 5 = 0`,
      [hot],
    );
    await admin.query('SET session_replication_role = origin');
    // As autovacuum would have left them: room on the heads' pages, and statistics.
    await admin.query('VACUUM (FULL, ANALYZE) conversation_head');
    await admin.query('VACUUM (ANALYZE)');
  }

  /** What has been walked from end to end so far; a session's counters arrive when it is asked to hand them over. */
  async function walked(): Promise<Counts> {
    for (let lane = 0; lane < db.hot.laneCount; lane += 1) await db.hot.callInLane(lane, flush);
    for (const connections of [db.hot, db.system])
      await Promise.all(Array.from({ length: 4 }, () => connections.call(flush)));
    await admin.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await admin.query<{ scans: string; rows: string }>(
      `SELECT sum(seq_scan) AS scans, sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS rows FROM pg_stat_user_tables
        WHERE relname IN ('message', 'change', 'participant', 'conversation', 'conversation_head', 'message_search', 'outbox', 'mention')`,
    );
    return { scans: Number(rows[0]?.scans), rows: Number(rows[0]?.rows) };
  }

  const page = { low: 1, high: Number.MAX_SAFE_INTEGER, newestFirst: true, limit: 50 };
  const send = (clientMessageId: string) =>
    timeline.send(tenantId, {
      c: hot,
      s: 'ada',
      k: clientMessageId,
      h: '00',
      kind: 'text',
      t: 'hello',
    });
  // What is sent in one turn is a batch: one that comes alone has a function of its own.
  const sendBoth = (...keys: [string, string]) => Promise.all(keys.map(send));

  // [what, the call, rows that it may touch]
  const statements: [string, () => Promise<unknown>, number][] = [
    ['a send', () => send(randomUUID()), 50],
    ['a repeated send', () => send('filled-4711'), 50],
    ['a batch of sends', () => sendBoth(randomUUID(), randomUUID()), 50],
    ['a batch of repeated sends', () => sendBoth('filled-4711', 'filled-4712'), 50],
    ['the newest page', () => timeline.page(tenantId, hot, page), 100],
    ['a page before', () => timeline.page(tenantId, hot, { ...page, high: last / 2 }), 100],
    ['a page after', () => timeline.page(tenantId, hot, { ...page, low: last / 2, newestFirst: false }), 100],
    ['the newest page of a thread', () => timeline.page(tenantId, hot, { ...page, threadRoot: 1 }), 100],
    [
      'a page of a thread from its middle',
      () => timeline.page(tenantId, hot, { ...page, low: last / 2, newestFirst: false, threadRoot: 1 }),
      100,
    ],
    ['one message by its id', () => timeline.find(tenantId, hot, someId), 10],
    ['heads', () => timeline.heads(tenantId, 'ada', null, 500), 500],
    [
      'a range',
      () => timeline.ranges(tenantId, [{ conversationId: hot, from: last - 40, to: last }], 500),
      200,
    ],
    [
      'what mentions a reader, among mentions of others',
      () => timeline.heads(tenantId, 'grace', null, 500),
      350,
    ],
    ['access', () => timeline.access(tenantId, 'ada', [hot]), 10],
    ['the audience', () => timeline.audience(tenantId, ['ada', 'grace']), 500],
    ['the tail', () => readTail(), 500],
    ['marking read up to a place', () => callInbox('read_mark_v2', 'grace', hot, (readTo += 10), 50), 160],
    ['marking read up to the head', () => callInbox('read_mark_v2', 'linus', hot, null, 50), 150],
    ['marking unread from the first message', () => callInbox('read_unmark_v2', 'grace', hot, 1), 150],
    ['who has read a message', () => callInbox('message_readers_v1', hot, last, null, 50), 50],
    ['what is unread in 1,000 conversations', () => callInbox('unread_totals_v2', 'linus'), 2_200],
    [
      'the list of 1,000 conversations',
      () => callInbox('inbox_places_v2', 'linus', '{}', null, null, 21, 50),
      3_200,
    ],
    [
      'the unread ones of 1,000 conversations',
      () => callInbox('inbox_places_v2', 'linus', '{"unread":true}', null, null, 21, 50),
      3_300,
    ],
    ['a page of conversations', async () => callInbox('inbox_find_v2', 'linus', await somePlaces), 200],
    ['a search of a rare word', () => search('ada', { q: 'word4711' }), 500],
    ['a search in one conversation', () => search('ada', { q: 'word4711', conversationId: [hot] }), 500],
    ['a search of a word that every message has', () => search('ada', { q: 'filled' }), 20_000],
    ['a search of a word that is nowhere', () => search('ada', { q: 'nowhere' }), 500],
    [
      'a search by whoever is in the largest conversation alone',
      () => search('grace', { q: 'word47' }),
      5_000,
    ],
    ['a search in few messages', () => search('user-7', { q: 'filled' }), 15_000],
    ['people by a part of their name', () => findUsers('ser-1999'), 3_000],
    [
      'conversations by who is in them',
      () => callInbox('inbox_places_v2', 'linus', '{"q":"user-1"}', null, null, 21, 50),
      40_000,
    ],
  ];

  let readTo = 1_000;
  const somePlaces = new Promise<string[]>((resolve) => {
    beforeAll(async () => {
      const text = 'SELECT * FROM inbox_places_v2($1, $2, $3, NULL, NULL, 20, 50)';
      const places = await db.hot.call<{ conversation_id: string }>(
        { name: 'somePlaces', text },
        tenantId,
        'linus',
        '{}',
      );
      resolve(places.map(({ conversation_id }) => conversation_id));
    });
  });

  async function callInbox(name: string, ...parameters: unknown[]): Promise<unknown> {
    const places = [tenantId, ...parameters].map((_, index) => `$${index + 1}`).join(', ');
    return db.hot.call({ name, text: `SELECT * FROM ${name}(${places})` }, tenantId, ...parameters);
  }

  async function readTail(): Promise<void> {
    for await (const tail of timeline.tail(Date.now())) if (tail.entries.length > 1_000) return;
  }

  async function search(userId: string, query: MessageSearchQueryDto): Promise<void> {
    const service = new SearchService(db, timeline, new ReactionReader(db));
    service.budgetMs = 5_000;
    await service.search(userActor(tenantId, userId), query);
  }

  async function findUsers(q: string): Promise<void> {
    const text = "SELECT * FROM search_users_v1($1, $2, '', NULL, NULL, 50)";
    await db.hot.call({ name: 'findUsers', text }, tenantId, [q]);
  }

  it('finds its data: the table is as large as the name says', async () => {
    const { rows } = await admin.query<{ count: string }>('SELECT count(*) FROM message');
    expect(Number(rows[0]?.count)).toBeGreaterThanOrEqual(messages);
    expect(await timeline.find(tenantId, hot, someId)).toMatchObject({ seq: last });
    expect(await timeline.page(tenantId, hot, { ...page, threadRoot: 1 })).toHaveLength(50);
    expect(await timeline.heads(tenantId, 'ada', null, 500)).toHaveLength(51);
  });

  it.each(statements)('%s walks no table, and touches what it answers with', async (_, call, limit) => {
    // The first call plans; what it reads of the catalogue is its own.
    await call();
    const before = await walked();
    await call();
    const after = await walked();
    expect(after.scans - before.scans).toBe(0);
    expect(after.rows - before.rows).toBeLessThanOrEqual(limit);
  });

  it('a table that is walked is noticed', async () => {
    const before = await walked();
    await admin.query(`SELECT count(*) FROM message WHERE text = 'nothing'`);
    await admin.query('SELECT pg_stat_force_next_flush()');
    expect((await walked()).scans - before.scans).toBeGreaterThan(0);
  });

  it('more than 95 % of the updates of a head are HOT', async () => {
    const read = async (): Promise<{ all: number; hot: number }> => {
      await walked();
      const { rows } = await admin.query<{ all: string; hot: string }>(
        `SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'conversation_head'`,
      );
      return { all: Number(rows[0]?.all), hot: Number(rows[0]?.hot) };
    };
    const before = await read();
    for (let index = 0; index < 1_000; index += 1) {
      await send(randomUUID());
      await sendBoth(randomUUID(), randomUUID());
    }
    const after = await read();
    expect(after.all - before.all).toBeGreaterThanOrEqual(2_000);
    expect((after.hot - before.hot) / (after.all - before.all)).toBeGreaterThan(0.95);
  });
});
