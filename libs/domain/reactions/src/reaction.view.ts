import type { ReactionView } from '@parley/contracts/wire';
import type { ReactionViewRow } from './reaction.functions';

/** A key's reactions, for one of their readers. */
export function reactionView({ key, count, mine }: ReactionViewRow): ReactionView {
  return { key, count, ...(mine ? { mine } : {}) };
}
