import { hotFunction } from '@parley/platform/database';

/** A row of reaction_views_v1. */
export interface ReactionViewRow {
  conversation_id: string;
  message_seq: number | bigint;
  key: string;
  count: number;
  mine: boolean;
}
export const reactionViews = hotFunction<ReactionViewRow>('reaction_views_v1', [
  'uuid',
  'text',
  'uuid[]',
  'bigint[]',
]);
