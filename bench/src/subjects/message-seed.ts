import type { Client } from 'pg';
import { searchDocument } from '@parley/domain/search';

/** Puts so many messages of its member below a conversation's head, as if they had been sent in the past. */
export async function seedMessages(client: Client, conversationId: string, count: number): Promise<void> {
  await client.query(
    `WITH head AS (
       UPDATE conversation_head SET last_seq = last_seq + $2, message_count = message_count + $2, last_message_at = now()
        WHERE conversation_id = $1
       RETURNING tenant_id, last_seq - $2 AS first
     )
     INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                          at, created_at)
     SELECT h.tenant_id, $1, h.first + n, gen_random_uuid(), p.user_id, 'seed.' || n, '', n, 'text', repeat('x', 120),
            now() - interval '1 day', now() - interval '1 day'
       FROM head h
       JOIN participant p ON p.tenant_id = h.tenant_id AND p.conversation_id = $1
       CROSS JOIN generate_series(1, $2) n`,
    [conversationId, count],
  );
}

/**
 * Puts so many messages of their own words below the heads of these conversations, `said` by one user, with their search
 * texts: every message has the word `often`, one in 5,000 the word `seldom`.
 */
export async function seedSearchable(
  client: Client,
  conversationIds: readonly string[],
  said: string,
  count: number,
): Promise<void> {
  await client.query(
    `WITH head AS (
       UPDATE conversation_head SET last_seq = last_seq + $3, message_count = message_count + $3, last_message_at = now()
        WHERE conversation_id = ANY ($1::uuid[])
       RETURNING tenant_id, conversation_id, last_seq - $3 AS first, message_count - $3 AS counted
     )
     INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                          at, created_at)
     SELECT h.tenant_id, h.conversation_id, h.first + n, gen_random_uuid(), $2, 'seed.' || n, '', h.counted + n, 'text',
            'often said, message ' || n || CASE WHEN n % 5000 = 7 THEN ' seldom' ELSE '' END || repeat(' and so on', 8),
            now() - interval '1 day', now() - interval '1 day'
       FROM head h CROSS JOIN generate_series(1, $3) n`,
    [conversationIds, said, count],
  );
  // What is read below is read by the primary key, whatever the table was before.
  await client.query('ANALYZE message');
  for (const conversationId of conversationIds) await indexSeeded(client, conversationId);
}

/** Takes the search index away for `seed` and builds it at once afterwards: it would grow for minutes. */
export async function withSearchIndexLast(client: Client, seed: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index WHERE indrelid = 'message_search'::regclass AND NOT indisunique`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await seed();
  await client.query(`SET maintenance_work_mem = '1GB'`);
  for (const { definition } of rows) await client.query(definition);
}

const indexedAtOnce = 1_000;

/** Writes the search texts of a conversation as the worker does, which would take its rests between them. */
async function indexSeeded(client: Client, conversationId: string): Promise<void> {
  for (let after = 0; ;) {
    // By the column: `seq` alone is the output's, by which every piece would sort all that is left.
    const { rows } = await client.query<SeededMessage>(
      `SELECT tenant_id, seq::int, id, sender, at, text FROM message
        WHERE tenant_id = (SELECT c.tenant_id FROM conversation c WHERE c.id = $1) AND conversation_id = $1 AND seq > $2
        ORDER BY message.seq LIMIT $3`,
      [conversationId, after, indexedAtOnce],
    );
    const [first] = rows;
    if (first === undefined) return;
    const now = new Date();
    const documents = rows.map(({ tenant_id: tenantId, seq, id, sender, at, text }) => {
      const message = { tenantId, conversationId, sender, at, text, isReply: false };
      return { c: conversationId, s: seq, id, at, w: searchDocument(message, now) };
    });
    await client.query('SELECT message_search_write_v4($1, $2, 0, 0)', [
      first.tenant_id,
      JSON.stringify([documents]),
    ]);
    after = rows.at(-1)?.seq ?? after;
  }
}

interface SeededMessage {
  tenant_id: string;
  seq: number;
  id: string;
  sender: string;
  at: Date;
  text: string;
}
