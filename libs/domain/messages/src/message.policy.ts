import type { ConversationKind, MessageView } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';

/** What an actor is to a message of a conversation. */
export interface MessageStanding {
  standing: Standing;
  kind: ConversationKind;
  /** It sent the message. */
  own: boolean;
  /** It moderates the tenant. */
  moderator: boolean;
}

/** Nobody puts words into another's mouth: the sender alone edits, and what the system said stays. */
export function canEdit({ own }: Pick<MessageStanding, 'own'>, message: Pick<MessageView, 'kind'>): boolean {
  return own && message.kind === 'text';
}

/**
 * The sender, who runs the conversation and who moderates the tenant. A direct conversation is run by nobody: neither of
 * its two deletes what the other said.
 */
export function canDelete(
  { standing, kind, own, moderator }: MessageStanding,
  message: Pick<MessageView, 'kind'>,
): boolean {
  if (standing === 'server' || moderator) return true;
  if (own && message.kind === 'text') return true;
  return kind !== 'direct' && (standing === 'owner' || standing === 'admin');
}

/** Who may see a message sees what it said before, until it is deleted: then moderators alone do. */
export function canReadRevisions(moderator: boolean, message: Pick<MessageView, 'deletedAt'>): boolean {
  return message.deletedAt === null || moderator;
}
