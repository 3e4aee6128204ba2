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
/** So many are made ready for one statement: of 256 the text is half a megabyte, which V8 collects with all that is old. */
const statementRows = 4 * pieceRows;
/**
 * How long PostgreSQL rests between two pieces: so many times as long as one took, and milliseconds at most. The older the
 * oldest message of a job, in milliseconds, the less: the rests of those before it were too long. All of a job's messages stay
 * locked against a change meanwhile, and who changes one holds up its conversation: a job rests for 240 ms at most.
 */
const rests = [
  { olderThanMs: 5_000, times: 1, maxMs: 5 },
  { olderThanMs: 1_500, times: 3, maxMs: 10 },
  { olderThanMs: -Infinity, times: 8, maxMs: 10 },
] as const;

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
    const oldestMs = now.getTime() - Math.min(...rows.map(({ at }) => at.getTime()));
    const { times, maxMs } = rests.find(({ olderThanMs }) => oldestMs > olderThanMs) ?? rests[2];
    for (const some of piecesOf(rows, statementRows)) {
      const documents = some.map((row) => ({
        c: row.conversation_id,
        s: Number(row.seq),
        id: row.id,
        at: row.at,
        w: row.searchable ? documentOf(tx.tenantId, row, now) : null,
      }));
      const pieces = JSON.stringify(piecesOf(documents, pieceRows));
      await tx.sql`SELECT message_search_write_v4(${tx.tenantId}::uuid, ${pieces}::json, ${times}, ${maxMs})::text`;
    }
  }
}

function piecesOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function documentOf(tenantId: string, row: SearchableRow, now: Date): string {
  const { conversation_id: conversationId, sender, at, text, is_reply: isReply } = row;
  return searchDocument({ tenantId, conversationId, sender, at, text, isReply }, now);
}
