import type { Db } from '@parley/platform/database';
import { SearchIndex } from './search-index';
import { searchStale } from './search.functions';

/** As a job of the worker has them: more in one transaction is hardly cheaper. */
const batchRows = 100;

/**
 * Writes the search text of up to a hundred messages again that an older version wrote, in one transaction, and says how many
 * they were: at 0 the tenant has none left. May be interrupted and run beside anything.
 */
export async function reindexOnce(db: Db, tenantId: string): Promise<number> {
  const rows = await db.hot.call(searchStale, tenantId, batchRows);
  if (rows.length === 0) return 0;
  const places = rows.map(({ conversation_id, seq }) => ({ conversationId: conversation_id, seq }));
  await db.tx(tenantId, (tx) => new SearchIndex().write(tx, places));
  return rows.length;
}
