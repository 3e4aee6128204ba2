import type { ParticipantView } from '../participants/participant.types';
import type { ThreadTotals } from '../threads/thread.types';
import type { PersonalSettings } from './settings.types';

/** How far a user has read a conversation, and what is left. All values are absolute, as of `lastSeq`. */
export interface ReadState {
  conversationId: string;
  /** The read marker: it never falls. */
  readSeq: number;
  /** Where the user marked it unread; null where it did not, or has read on since. */
  unreadFromSeq: number | null;
  /** Messages of others that count (no system message, thread reply or import), are not deleted and not read. */
  unread: number;
  /** Messages of others from the same place on, in threads too, that mention the user, its role or everybody. */
  mentions: number;
  /** The newest seq when this was counted. */
  lastSeq: number;
}

/** The caller's own participation, with what is nobody else's affair. */
export interface OwnParticipantView extends ParticipantView, Omit<ReadState, 'conversationId' | 'lastSeq'> {
  settings: PersonalSettings;
}

/** Data of `read.updated`. */
export interface ReadUpdatedData {
  conversationId: string;
  /** Whose read marker it is. */
  userId: string;
  readSeq: number;
  /** On the user's own devices alone. */
  state?: ReadState;
}

/** Somebody who has read a message. */
export interface ReaderView {
  userId: string;
  /** Its read marker, which is at the message or behind it. */
  readSeq: number;
}

/** What is unread in several conversations together. */
export interface UnreadCount {
  messages: number;
  /** Conversations with something unread, or marked unread. */
  conversations: number;
  mentions: number;
}

/** What is unread in all of the user's conversations but the hidden ones. */
export interface UnreadTotals extends UnreadCount {
  /** The part of it that is in muted conversations: a badge leaves it out. */
  muted: UnreadCount;
  /** In the threads that the user follows, wherever they are. */
  threads: ThreadTotals;
}
