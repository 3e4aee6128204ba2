import type { MessageRef, MessageView } from '../messages/message.types';

/** What a message has become the root of. Replies of the system and deleted ones are no replies here. */
export interface ThreadSummary {
  replies: number;
  /** Of the newest reply that is left. */
  lastReplyAt: string;
  /** Seq of the newest reply, also where it was deleted. */
  lastSeq: number;
}

/** How a thread stands for a user. All values are absolute. */
export interface ThreadState {
  conversationId: string;
  root: MessageRef;
  replies: number;
  /** Null where no reply is left. */
  lastReplyAt: string | null;
  /** 0 before the first reply. */
  lastSeq: number;
  following: boolean;
  /** The thread's own read marker; 0 where the user does not follow. */
  readSeq: number;
  /** Replies of others behind it that count (no system message, no import) and are not deleted; 0 where it does not follow. */
  unread: number;
}

/** A thread in a list, with its root as it is now. */
export interface ThreadView extends ThreadState {
  message: MessageView;
}

/** Somebody who has replied in a thread. */
export interface ReplierView {
  userId: string;
  /** Its replies that are left. */
  replies: number;
}

/** What is unread in all threads that the user follows. */
export interface ThreadTotals {
  replies: number;
  /** Threads with something unread. */
  threads: number;
}
