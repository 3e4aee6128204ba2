import { v7 as uuidv7 } from 'uuid';
import type { AuditAction } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';

/** What was done. */
export interface Act {
  action: AuditAction;
  /** Id of the user, message or key that it was done to. */
  target?: string;
  conversationId?: string;
  reason?: string | null;
  /** Ids, names of fields and small values; at most 8 KiB as JSON, and never content of a message. */
  details?: object;
}

/** Writes an act down, in the transaction that carries it out. */
export async function recordAct(
  tx: Tx,
  actor: Actor,
  { action, target, conversationId, reason, details = {} }: Act,
): Promise<void> {
  await tx.prisma.auditEntry.create({
    data: {
      tenantId: tx.tenantId,
      id: uuidv7(),
      actorUser: actor.userId,
      actorKey: actor.kind === 'server' ? actor.keyId : null,
      action,
      target: target ?? null,
      conversationId: conversationId ?? null,
      reason: reason ?? null,
      // Fields that are absent are no JSON.
      details: JSON.parse(JSON.stringify(details)) as object,
    },
    select: { id: true },
  });
}
