import type { ConversationKind } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';

/** Owners and admins change what a group or channel is. A direct conversation is run by nobody: only a back end does. */
export function canConfigure(standing: Standing, kind: ConversationKind): boolean {
  if (standing === 'server') return true;
  return kind !== 'direct' && (standing === 'owner' || standing === 'admin');
}
