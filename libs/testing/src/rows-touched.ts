import type { ClientBase } from 'pg';

/**
 * Rows and index entries that were read so far, of one table or of all: how a spec sees what a function's plan does, for a
 * plan inside a function shows in no EXPLAIN of its call. A session's counters arrive when it is asked to hand them over, as
 * this does for `client`'s own.
 */
export async function rowsTouched(client: ClientBase, table: string | null = null): Promise<number> {
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<{ sum: string }>(
    `SELECT (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables WHERE relname = coalesce($1, relname))
          + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = coalesce($1, relname)) AS sum`,
    [table],
  );
  return Number(rows[0]?.sum);
}
