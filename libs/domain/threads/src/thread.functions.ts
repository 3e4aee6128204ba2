import { hotFunction } from '@parley/platform/database';

/** The SQL functions of prisma/sql that the threads call, with the rows that they return. */

/** How a thread stands. */
export interface ThreadRow {
  replies: number;
  last_seq: number;
  last_reply_at: Date | null;
  read_seq: number;
  unread: number;
  at: Date;
}

export interface ThreadStateRow extends ThreadRow {
  conversation_id: string;
  root_seq: number;
  following: boolean;
}
export const threadStates = hotFunction<ThreadStateRow>('thread_states_v1', [
  'uuid',
  'text',
  'uuid[]',
  'bigint[]',
]);

/** The same for one of the thread's followers. */
export interface FollowerStateRow extends ThreadRow {
  user_id: string;
}
export const threadFollowerStates = hotFunction<FollowerStateRow>('thread_follower_states_v1', [
  'uuid',
  'uuid',
  'bigint',
  'int',
]);

/** A place in a user's list of threads. */
export interface ThreadPlaceRow {
  conversation_id: string;
  root_seq: number;
  at: Date;
}
export const threadPlaces = hotFunction<ThreadPlaceRow>('thread_places_v1', [
  'uuid',
  'text',
  'boolean',
  'timestamptz',
  'uuid',
  'bigint',
  'int',
]);

export const conversationThreads = hotFunction<{ root_seq: number }>('conversation_threads_v1', [
  'uuid',
  'uuid',
  'bigint',
  'bigint',
  'int',
]);

export interface ReplierRow {
  user_id: string;
  replies: number;
}
export const threadRepliers = hotFunction<ReplierRow>('thread_repliers_v1', [
  'uuid',
  'uuid',
  'bigint',
  'text',
  'int',
]);
