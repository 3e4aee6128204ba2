import type {
  ConversationKind,
  ConversationStatus,
  ConversationVisibility,
  HistoryMode,
  NotificationLevel,
  ParticipantRole,
  PostingMode,
  ReactionMode,
} from '@parley/contracts/wire';
import { hotFunction } from '@parley/platform/database';

/** The SQL functions of prisma/sql that the inbox calls, with the rows that they return. */

export interface ReadStateRow {
  changed: boolean;
  read_seq: number;
  unread_from_seq: number | null;
  unread: number;
  mentions: number;
  last_seq: number;
  at: Date;
}

/** `others`: whom to tell live; null where nobody is to be told. */
export interface ReadMarkRow extends ReadStateRow {
  others: string[] | null;
}
export const readMark = hotFunction<ReadMarkRow>('read_mark_v2', ['uuid', 'text', 'uuid', 'bigint', 'int']);

/** `visible`: whether the place is one that the user may see; nothing was done where it is not. */
export interface ReadUnmarkRow extends ReadStateRow {
  visible: boolean;
}
export const readUnmark = hotFunction<ReadUnmarkRow>('read_unmark_v2', ['uuid', 'text', 'uuid', 'bigint']);

export interface ReaderRow {
  user_id: string;
  read_seq: number;
}
export const messageReaders = hotFunction<ReaderRow>('message_readers_v1', [
  'uuid',
  'uuid',
  'bigint',
  'text',
  'int',
]);

/** A place in a user's list: the time of the last message, or of the birth, and the id. */
export interface PlaceRow {
  conversation_id: string;
  at: Date;
}
export const inboxPlaces = hotFunction<PlaceRow>('inbox_places_v2', [
  'uuid',
  'text',
  'jsonb',
  'timestamptz',
  'uuid',
  'int',
  'int',
]);

/** A conversation with its counters. */
export interface ConversationRow {
  id: string;
  kind: ConversationKind;
  status: ConversationStatus;
  visibility: ConversationVisibility;
  history: HistoryMode;
  subject_type: string | null;
  subject_id: string | null;
  title: string | null;
  reaction_mode: ReactionMode;
  posting: PostingMode;
  slow_mode_seconds: number;
  metadata: Record<string, unknown>;
  created_at: Date;
  last_seq: number;
  message_count: number;
  last_message_at: Date | null;
  /** Of the newest message that the user may see. */
  last_message_seq: number | null;
}

/** A user's own part in a conversation. */
export interface OwnRow {
  user_id: string;
  role: ParticipantRole;
  label: string | null;
  joined_at: Date;
  visible_from: number;
  read_seq: number;
  unread_from_seq: number | null;
  unread: number;
  mentions: number;
  pinned: boolean;
  archived: boolean;
  hidden: boolean;
  muted_until: Date | null;
  notification_level: NotificationLevel;
}

/** All of the own part is null where the user has none. */
export type InboxRow = ConversationRow & (OwnRow | { [K in keyof OwnRow]: null });
export const inboxFind = hotFunction<InboxRow>('inbox_find_v2', ['uuid', 'text', 'uuid[]']);

export interface UnreadTotalsRow {
  messages: number;
  conversations: number;
  mentions: number;
  muted_messages: number;
  muted_conversations: number;
  muted_mentions: number;
  thread_replies: number;
  threads: number;
}
export const unreadTotals = hotFunction<UnreadTotalsRow>('unread_totals_v2', ['uuid', 'text']);
