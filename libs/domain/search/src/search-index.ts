import { Injectable } from '@nestjs/common';
import { searchIndexJob } from '@parley/contracts/internal';
import { Db } from '@parley/platform/database';
import { searchDocument } from './search-document';
import { searchPut, searchStale, searchTake, type SearchableRow, type TakenRow } from './search.functions';

/**
 * So many messages are made ready and written by one call, which alone locks them against a change: of 256 the text is half a
 * megabyte, which V8 collects with all that is old.
 */
const callRows = 32;
/** Rows of an older version that are written again at a time: what changes them is rare. */
const reindexRows = 100;
/**
 * A call writes so many messages at a time (`rows`), and then rests so many times as long as they took and milliseconds at
 * most: those who wait for an ack may share the core. The older the oldest message of a call, in milliseconds, the less: the
 * rests of those before it were too long.
 */
const paces = [
  { olderThanMs: 10_000, rows: 32, times: 1, maxMs: 5 },
  { olderThanMs: 1_500, rows: 16, times: 3, maxMs: 10 },
  { olderThanMs: -Infinity, rows: 8, times: 8, maxMs: 10 },
] as const;

/** Writes the search text of messages; the worker and the command line call it. */
@Injectable()
export class SearchIndex {
  constructor(private readonly db: Db) {}

  /**
   * Brings the search text of the messages that these events are about in line with what they are now, and ends the events
   * with it; a tombstone leaves the search. What another attempt ended is passed over.
   * @throws ZodError for an event that is about no message
   */
  async index(tenantId: string, events: readonly string[]): Promise<void> {
    for (let at = 0; at < events.length; at += callRows) {
      const some = events.slice(at, at + callRows);
      const taken = await this.db.hot.call(searchTake, tenantId, some, searchIndexJob.name);
      for (const { conversation_id: conversationId, seq } of taken) {
        searchIndexJob.schema.parse({ conversationId, seq });
      }
      for (const { events: ended, rows } of callsOf(some, taken)) await this.put(tenantId, ended, rows);
    }
  }

  /**
   * Writes the search text of up to a hundred messages again that an older version wrote, and says how many they were: at 0
   * the tenant has none left. May be interrupted and run beside anything.
   */
  async reindex(tenantId: string): Promise<number> {
    const rows = await this.db.hot.call(searchStale, tenantId, reindexRows);
    if (rows.length > 0) await this.put(tenantId, [], rows);
    return rows.length;
  }

  private async put(
    tenantId: string,
    events: readonly string[],
    rows: readonly SearchableRow[],
  ): Promise<void> {
    const now = new Date();
    const oldestMs = now.getTime() - Math.min(...rows.map(({ at }) => at.getTime()));
    const pace = paces.find(({ olderThanMs }) => oldestMs > olderThanMs) ?? paces[2];
    // A message that was changed at once is what two events are about.
    const distinct = [...new Map(rows.map((row) => [`${row.seq} ${row.conversation_id}`, row])).values()];
    await this.db.hot.call(
      searchPut,
      tenantId,
      events,
      searchIndexJob.name,
      distinct.map((row) => row.conversation_id),
      distinct.map(({ seq }) => seq),
      distinct.map(({ version }) => version),
      distinct.map((row) => (row.searchable ? documentOf(tenantId, row, now) : null)),
      pace.rows,
      pace.times,
      pace.maxMs,
    );
  }
}

interface Call {
  events: string[];
  rows: SearchableRow[];
}

/** Shares messages out over calls. Those of one event stay together: it ends with them. */
function callsOf(events: readonly string[], taken: readonly TakenRow[]): Call[] {
  const messages = new Map(events.map((event): [string, SearchableRow[]] => [event, []]));
  for (const row of taken) {
    if (row.id !== null) messages.get(row.event_id)?.push(row);
  }
  const calls: Call[] = [];
  for (const [event, rows] of messages) {
    const last = calls.at(-1);
    if (last !== undefined && last.rows.length + rows.length <= callRows) {
      last.events.push(event);
      last.rows.push(...rows);
    } else {
      calls.push({ events: [event], rows });
    }
  }
  return calls;
}

function documentOf(tenantId: string, row: SearchableRow, now: Date): string {
  const { conversation_id: conversationId, sender, at, text, is_reply: isReply } = row;
  return searchDocument({ tenantId, conversationId, sender, at, text, isReply }, now);
}
