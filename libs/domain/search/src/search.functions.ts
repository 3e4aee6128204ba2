import { hotFunction } from '@parley/platform/database';

/** A row of search_messages_v2; one without an id is the last, and says at which time to go on. */
export interface FoundRow {
  conversation_id: string | null;
  seq: number | null;
  message_id: string | null;
  at: Date;
}
export const searchMessages = hotFunction<FoundRow>('search_messages_v2', [
  'uuid',
  'text',
  'tsquery',
  'tsquery',
  'tsquery[]',
  'timestamptz[]',
  'jsonb',
  'timestamptz',
  'uuid',
  'int',
  'int',
]);

/** A row of message_search_read_v1. */
export interface SearchableRow {
  conversation_id: string;
  seq: bigint;
  id: string;
  sender: string;
  at: Date;
  text: string;
  is_reply: boolean;
  searchable: boolean;
}

/** A row of search_stale_v1. */
export interface StaleRow {
  conversation_id: string;
  seq: number;
}
export const searchStale = hotFunction<StaleRow>('search_stale_v1', ['uuid', 'int']);
