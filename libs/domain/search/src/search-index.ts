import { Injectable } from '@nestjs/common';
import type { EventOf, searchIndexJob } from '@parley/contracts/internal';
import type { Tx } from '@parley/platform/database';

/** Writes the search text of messages; the worker calls it. */
@Injectable()
export class SearchIndex {
  /** Brings the search text of these messages in line with what they are now; a tombstone leaves the search. */
  async write(tx: Tx, messages: EventOf<typeof searchIndexJob>[]): Promise<void> {
    const rows = JSON.stringify(messages.map(({ conversationId, seq }) => ({ c: conversationId, s: seq })));
    await tx.sql`SELECT message_search_write_v2(${tx.tenantId}::uuid, ${rows}::json)::text`;
  }
}
