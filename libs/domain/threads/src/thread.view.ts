import type { UserEvent } from '@parley/contracts/internal';
import type { MessageRef, ReplierView, ThreadState, ThreadSummary } from '@parley/contracts/wire';
import type { ReplierRow, ThreadRow, ThreadStateRow } from './thread.functions';

/** A message that is, or may become, the root of a thread. */
export interface Root extends MessageRef {
  conversationId: string;
}

/** Null: nobody has replied, or no reply is left. */
export function threadSummary(row: ThreadRow): ThreadSummary | null {
  if (row.replies === 0 || row.last_reply_at === null) return null;
  return { replies: row.replies, lastReplyAt: row.last_reply_at.toISOString(), lastSeq: row.last_seq };
}

/** Without a row nobody has replied, and the user does not follow. */
export function threadState(
  { conversationId, id, seq }: Root,
  row: (ThreadRow & Pick<ThreadStateRow, 'following'>) | undefined,
): ThreadState {
  return {
    conversationId,
    root: { id, seq },
    replies: row?.replies ?? 0,
    lastReplyAt: row?.last_reply_at?.toISOString() ?? null,
    lastSeq: row?.last_seq ?? 0,
    following: row?.following ?? false,
    readSeq: row?.read_seq ?? 0,
    unread: row?.unread ?? 0,
  };
}

/** Told to one user's own devices alone. */
export function threadUpdated(tenantId: string, userId: string, at: Date, data: ThreadState): UserEvent {
  const type = 'thread.updated';
  return { tenantId, userIds: [userId], type, json: JSON.stringify({ type, at: at.toISOString(), data }) };
}

export function replierView({ user_id: userId, replies }: ReplierRow): ReplierView {
  return { userId, replies };
}
