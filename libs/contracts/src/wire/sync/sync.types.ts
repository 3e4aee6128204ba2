import type { ReadState } from '../inbox/inbox.types';
import type { DurableEvent } from '../realtime/event.types';

/** One conversation in `heads`: where it stands, what the caller may see of it and has read. */
export interface ConversationHead extends ReadState {
  /** The first seq that the caller may see. */
  visibleFrom: number;
  /** Unread replies in the threads here that the caller follows. */
  threadUnread: number;
  /** Another number than before: the caller's settings, its draft or what it follows and has read of threads changed; read them again. */
  ownVersion: number;
}

export interface HeadsResult {
  epoch: string;
  heads: ConversationHead[];
  /** Give it to the next `heads` request; null on the last page. */
  next: string | null;
}

/** A range of seqs that cannot be given (any more), and why. */
export interface SyncGap {
  from: number;
  to: number;
  /** `history`: before the caller's join; `retention`: deleted by policy. */
  reason: 'history' | 'retention';
}

/** What a socket missed in one conversation. */
export interface ConversationSync {
  conversationId: string;
  /** Dense by seq from the cursor (or the gap's end) on. */
  events: DurableEvent[];
  /** Newest seq that the caller may see. */
  head: number;
  /** True: ask again from the last event. */
  more: boolean;
  gap?: SyncGap;
  /** Present when the caller is no longer a participant: nothing comes after this seq. */
  left?: number;
}

export interface SyncResult {
  epoch: string;
  conversations: ConversationSync[];
}

/** First event of a connection: the audience is loaded, what is committed from now on arrives live. */
export interface ReadyData {
  connectionId: string;
  userId: string;
  serverTime: string;
  epoch: string;
  limits: {
    frameMaxBytes: number;
    messageTextMaxBytes: number;
    syncMaxConversations: number;
    syncMaxEvents: number;
  };
}

export interface PingResult {
  serverTime: string;
}
