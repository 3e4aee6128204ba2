import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/platform/database';
import { searchDocument } from './search-document';
import type { SearchableRow } from './search.functions';

/** A message by its place. */
export interface IndexedPlace {
  conversationId: string;
  seq: number;
}

/** So many messages are written at a time: those who wait for an ack may share the core, and 256 keep it for 20 ms. */
const pieceRows = 8;
/** How long PostgreSQL rests between two pieces: so many times as long as one took, and milliseconds at most. */
const rests = { inTime: { times: 3, maxMs: 10 }, late: { times: 1, maxMs: 5 } };
/** A job with an older message, in milliseconds, is late: the rests of those before it were too long. */
const lateMs = 5_000;

/** Writes the search text of messages; the worker calls it. */
@Injectable()
export class SearchIndex {
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * Brings the search text of these messages in line with what they are now; a tombstone leaves the search. One call at a
   * time: two would work while the other rests.
   */
  async write(tx: Tx, messages: readonly IndexedPlace[]): Promise<void> {
    const turn = this.turn.then(() => this.writeAll(tx, messages));
    this.turn = turn.catch(() => undefined);
    await turn;
  }

  private async writeAll(tx: Tx, messages: readonly IndexedPlace[]): Promise<void> {
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
    const late = rows.some(({ at }) => now.getTime() - at.getTime() > lateMs);
    const { times, maxMs } = late ? rests.late : rests.inTime;
    const pieces = JSON.stringify(piecesOf(documents));
    await tx.sql`SELECT message_search_write_v4(${tx.tenantId}::uuid, ${pieces}::json, ${times}, ${maxMs})::text`;
  }
}

function piecesOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / pieceRows);
  return Array.from({ length: count }, (_, at) => items.slice(at * pieceRows, (at + 1) * pieceRows));
}

function documentOf(tenantId: string, row: SearchableRow, now: Date): string {
  const { conversation_id: conversationId, sender, at, text, is_reply: isReply } = row;
  return searchDocument({ tenantId, conversationId, sender, at, text, isReply }, now);
}
