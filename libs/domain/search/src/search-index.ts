import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/platform/database';
import { searchDocument } from './search-document';
import type { SearchableRow } from './search.functions';

/** A message by its place. */
export interface IndexedPlace {
  conversationId: string;
  seq: number;
}

/**
 * A message has a hundred pieces to write, and 256 of them keep a core from those who wait for an ack for 20 ms: they are
 * written so many at a time, with a rest as long as that took, 5 ms at most.
 */
const piece = 32;
const restMaxMs = 5;

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
    for (let from = 0; from < documents.length; from += piece) {
      const some = JSON.stringify(documents.slice(from, from + piece));
      const begunAt = performance.now();
      await tx.sql`SELECT message_search_write_v3(${tx.tenantId}::uuid, ${some}::json)::text`;
      if (from + piece < documents.length) await delay(Math.min(performance.now() - begunAt, restMaxMs));
    }
  }
}

function documentOf(tenantId: string, row: SearchableRow, now: Date): string {
  const { conversation_id: conversationId, sender, at, text, is_reply: isReply } = row;
  return searchDocument({ tenantId, conversationId, sender, at, text, isReply }, now);
}
