/** What is written down: acts that concern others, by those who run a conversation or the tenant, or by a back end. */
export const auditActions = [
  'settings.update',
  'key.create',
  'key.revoke',
  'token.revoke',
  'user.set_role',
  'user.deactivate',
  'user.reactivate',
  'participant.set_role',
  'participant.remove',
  'message.delete',
  'conversation.update',
  'conversation.close',
  'conversation.reopen',
  'conversation.transfer',
  'conversation.delete',
  'ban.create',
  'ban.lift',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did it: a user, a server key, or a server key for a user. */
export interface AuditActor {
  userId: string | null;
  /** The server key. */
  keyId: string | null;
}

/** An act that was done. It never changes, and nobody takes it away. */
export interface AuditEntryView {
  id: string;
  at: string;
  actor: AuditActor;
  action: AuditAction;
  /** Id of what it was done to: a user, a message, a key; null where the conversation or the tenant is meant. */
  target: string | null;
  conversationId: string | null;
  /** As the actor gave it. */
  reason: string | null;
  /** What is particular to the action; never content of a message. */
  details: Record<string, unknown>;
}
