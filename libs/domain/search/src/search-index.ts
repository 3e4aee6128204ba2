import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/platform/database';
import { searchDocument } from './search-document';
import type { SearchableRow } from './search.functions';

/** A message by its place. */
export interface IndexedPlace {
  conversationId: string;
  seq: number;
}

/** Writes the search text of messages; the worker calls it. */
@Injectable()
export class SearchIndex {
  /** Brings the search text of these messages in line with what they are now; a tombstone leaves the search. */
  async write(tx: Tx, messages: readonly IndexedPlace[]): Promise<void> {
    const places = JSON.stringify(messages.map(({ conversationId, seq }) => ({ c: conversationId, s: seq })));
    const rows = await tx.sql<SearchableRow>`
      SELECT * FROM message_search_read_v1(${tx.tenantId}::uuid, ${places}::json)`;
    const now = new Date();
    const documents = rows.map((row) => ({
      c: row.conversation_id,
      s: Number(row.seq),
      id: row.id,
      at: row.at,
      w: row.searchable ? documentOf(tx.tenantId, row, now) : null,
    }));
    await tx.sql`SELECT message_search_write_v3(${tx.tenantId}::uuid, ${JSON.stringify(documents)}::json)::text`;
  }
}

function documentOf(tenantId: string, row: SearchableRow, now: Date): string {
  const { conversation_id: conversationId, sender, at, text, is_reply: isReply } = row;
  return searchDocument({ tenantId, conversationId, sender, at, text, isReply }, now);
}
