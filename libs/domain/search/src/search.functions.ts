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

/** A message as its search text is made from it. */
export interface SearchableRow {
  conversation_id: string;
  seq: number;
  id: string;
  sender: string;
  at: Date;
  text: string;
  is_reply: boolean;
  version: number;
  /** Not so: it has no search text. */
  searchable: boolean;
}

/** A row of message_search_take_v1: what one event is about. Where no message is, there are nulls. */
export type TakenRow = { event_id: string } & (
  SearchableRow | { conversation_id: string | null; seq: number | null; id: null }
);
export const searchTake = hotFunction<TakenRow>('message_search_take_v1', ['uuid', 'uuid[]', 'text']);

export const searchStale = hotFunction<SearchableRow>('search_stale_v2', ['uuid', 'int']);

export const searchPut = hotFunction<Record<string, never>>('message_search_put_v1', [
  'uuid',
  'uuid[]',
  'text',
  'uuid[]',
  'bigint[]',
  'int[]',
  'text[]',
  'int',
  'float',
  'float',
]);
