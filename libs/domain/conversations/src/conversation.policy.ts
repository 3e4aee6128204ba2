import type { ConversationKind } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';

/** Whoever owns a group or channel may delete it for all; a direct one is its two participants' alike, so only a back end may. */
export function canDelete(standing: Standing, kind: ConversationKind): boolean {
  return standing === 'server' || (kind !== 'direct' && standing === 'owner');
}

/** Owners and admins change what a group or channel is. A direct conversation is run by nobody: only a back end does. */
export function canConfigure(standing: Standing, kind: ConversationKind): boolean {
  if (standing === 'server') return true;
  return kind !== 'direct' && (standing === 'owner' || standing === 'admin');
}
