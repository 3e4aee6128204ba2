import type { Tx } from '@parley/platform/database';

/**
 * Takes at most so many participants out of a deleted conversation, with what was theirs in it, as if they had never been
 * there. Returns how many; less than asked: nobody is left.
 */
export async function removeParticipants(tx: Tx, conversationId: string, limit: number): Promise<number> {
  const rows = await tx.sql`
    DELETE FROM participant p
     WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.conversation_id = ${conversationId}::uuid
       AND p.user_id = ANY (ARRAY(
         SELECT x.user_id FROM participant x
          WHERE x.tenant_id = ${tx.tenantId}::uuid AND x.conversation_id = ${conversationId}::uuid
          ORDER BY x.user_id LIMIT ${limit}::int))
    RETURNING 1 AS removed`;
  if (rows.length < limit) {
    const where = { tenantId: tx.tenantId, conversationId };
    await tx.prisma.conversationBan.deleteMany({ where });
    await tx.prisma.invitation.deleteMany({ where });
  }
  return rows.length;
}
