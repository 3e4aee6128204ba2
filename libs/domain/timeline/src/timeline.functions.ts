import { hotFunction } from '@parley/platform/database';
import type { Mention, ParticipantRole } from '@parley/contracts/wire';

/** The SQL functions of prisma/sql that the timeline calls, with the rows that they return. */

export type SendVerdict =
  | 'created'
  | 'duplicate'
  | 'key_conflict'
  | 'not_member'
  | 'closed'
  | 'blocked'
  | 'posting_denied'
  | 'mention_denied'
  | 'reply_not_found'
  | 'slow_mode';

/** `at`: of the message; with `slow_mode` when the sender may send again. */
export interface SendOutcomeRow {
  i: number;
  outcome: SendVerdict;
  id: string | null;
  seq: number | null;
  at: Date | null;
}
export const timelineSend = hotFunction<SendOutcomeRow>('timeline_send_v5', ['uuid', 'json', 'text[]']);
/** The same for one row that neither mentions nor refers to anything, and is not the system's: for half of the cost. */
export const timelineSendOne = hotFunction<SendOutcomeRow>('timeline_send_one_v2', [
  'uuid',
  'uuid',
  'uuid',
  'text',
  'text',
  'text',
  'text',
  'text',
  'jsonb',
  'text[]',
]);

/** A row of the table `message`, as `SELECT *` gives it. */
export interface MessageRow {
  conversation_id: string;
  seq: number;
  id: string;
  sender: string;
  client_message_id: string;
  kind: 'text' | 'system';
  text: string;
  reply_to: number | null;
  reply_to_id: string | null;
  thread_root: number | null;
  thread_root_id: string | null;
  mentions: Mention[];
  metadata: Record<string, unknown>;
  version: number;
  imported: boolean;
  at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
}
export const timelinePage = hotFunction<MessageRow>('timeline_page_v1', [
  'uuid',
  'uuid',
  'bigint',
  'bigint',
  'boolean',
  'int',
  'bigint',
]);
export const timelineFind = hotFunction<MessageRow>('timeline_find_v1', ['uuid', 'uuid', 'uuid']);

export const timelineLocate = hotFunction<{ conversation_id: string; seq: number }>('timeline_locate_v1', [
  'uuid',
  'uuid',
]);

/** Rows of a call that answers several questions. */
export interface Gathered {
  /** The place of the question, from 1; of `timeline_access` that of the pair. */
  i: number;
}

/** A message or a change by its place. The message's columns are filled for a message and for an edit of one. */
export interface RangeRow extends Omit<MessageRow, 'id' | 'at'> {
  /** Of the event. */
  id: string;
  type: string;
  actor: string | null;
  at: Date;
  message_seq: number | null;
  payload: Record<string, unknown> | null;
  message_id: string;
  message_at: Date;
}
export const timelineRanges = hotFunction<RangeRow & Gathered>('timeline_ranges_v3', ['uuid', 'json']);

export interface AccessRow {
  conversation_id: string;
  visible_from: number;
  left_seq: number | null;
  role: ParticipantRole;
  last_seq: number;
}
export const timelineAccess = hotFunction<AccessRow & Gathered>('timeline_access_v2', [
  'uuid',
  'text[]',
  'uuid[]',
]);

export interface HeadRow {
  conversation_id: string;
  last_seq: number;
  visible_from: number;
  read_seq: number;
  unread_from_seq: number | null;
  unread: number;
  mentions: number;
  thread_unread: number;
  own_version: number;
}
export const timelineHeads = hotFunction<HeadRow & Gathered>('timeline_heads_v4', [
  'uuid',
  'text[]',
  'uuid[]',
  'int[]',
]);

export interface AudienceRow {
  user_id: string;
  conversation_id: string;
  visible_from: number;
  last_seq: number;
}
export const timelineAudience = hotFunction<AudienceRow>('timeline_audience_v1', ['uuid', 'text[]']);

export interface TailRow {
  from_at: Date;
  to_at: Date;
  cut: boolean;
  entries: { t: string; c: string; s: number; j?: { u: string; s: number }[] }[];
}
export const systemTail = hotFunction<TailRow>('system_tail_v1', ['timestamptz', 'int', 'int']);

export interface BlockChangeRow {
  tenant_id: string;
  user_id: string;
  at: Date;
}
export const systemBlockChanges = hotFunction<BlockChangeRow>('system_block_changes_v1', ['timestamptz']);
