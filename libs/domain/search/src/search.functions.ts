import { hotFunction } from '@parley/platform/database';

/** A row of search_messages_v1. */
export interface HitRow {
  conversation_id: string;
  seq: number;
  message_id: string;
  rank: number;
}
export const searchMessages = hotFunction<HitRow>('search_messages_v1', [
  'uuid',
  'text',
  'text',
  'uuid',
  'real',
  'uuid',
  'int',
]);
