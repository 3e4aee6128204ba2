import type { UserEvent } from '@parley/contracts/internal';
import type { ReadState, ReadUpdatedData, UnreadTotals } from '@parley/contracts/wire';
import type { ReadStateRow, UnreadTotalsRow } from './inbox.functions';
import type { Reader } from './inbox.repository';

export function readState(conversationId: string, row: ReadStateRow): ReadState {
  return {
    conversationId,
    readSeq: row.read_seq,
    unreadFromSeq: row.unread_from_seq,
    unread: row.unread,
    mentions: row.mentions,
    lastSeq: row.last_seq,
  };
}

/** What is told of a read marker: everything to the reader's own devices, the marker alone to others. */
export function readUpdated(
  { tenantId, userId, conversationId }: Reader,
  row: ReadStateRow,
  others: string[] | null,
): UserEvent[] {
  const marker: ReadUpdatedData = { conversationId, userId, readSeq: row.read_seq };
  const event = (userIds: string[], data: ReadUpdatedData): UserEvent => ({
    tenantId,
    userIds,
    type: 'read.updated',
    json: JSON.stringify({ type: 'read.updated', at: row.at.toISOString(), data }),
  });
  const own = event([userId], { ...marker, state: readState(conversationId, row) });
  return others === null || others.length === 0 ? [own] : [own, event(others, marker)];
}

export function totalsView(row: UnreadTotalsRow): UnreadTotals {
  return {
    messages: row.messages,
    conversations: row.conversations,
    mentions: row.mentions,
    muted: {
      messages: row.muted_messages,
      conversations: row.muted_conversations,
      mentions: row.muted_mentions,
    },
    threads: { replies: row.thread_replies, threads: row.threads },
  };
}
