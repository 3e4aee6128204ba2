import type { ConversationKind } from '../conversations/conversation.types';
import type { ParticipantRole } from '../participants/participant.types';

/** Somebody is asked to take part; at most one invitation of a user to a conversation is open. */
export interface InvitationView {
  conversationId: string;
  /** Of the conversation, so that the invited user knows what it is asked to. */
  kind: ConversationKind;
  title: string | null;
  /** Who is invited. */
  userId: string;
  role: ParticipantRole;
  /** Null: a server key that acted for nobody. */
  invitedBy: string | null;
  at: string;
  expiresAt: string;
}

/** Data of `invitation.updated`. */
export interface InvitationUpdatedData {
  conversationId: string;
  /** Null: it is not open any more. */
  invitation: InvitationView | null;
}

/** A conversation that anybody in the tenant may find and join. */
export interface ChannelView {
  id: string;
  kind: ConversationKind;
  title: string | null;
  metadata: Record<string, unknown>;
  createdAt: string;
  /** The caller takes part already. */
  joined: boolean;
}
