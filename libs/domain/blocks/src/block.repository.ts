import { Injectable } from '@nestjs/common';
import type { BlockChange } from '@parley/contracts/internal';
import type { BlockView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';

/** The only file here that writes. */
@Injectable()
export class BlockRepository {
  /** The users whom this one blocks, by id. */
  async list(tx: Tx, userId: string, after: string | null, limit: number): Promise<BlockView[]> {
    const rows = await tx.prisma.block.findMany({
      where: { tenantId: tx.tenantId, userId, ...(after === null ? {} : { blockedId: { gt: after } }) },
      orderBy: { blockedId: 'asc' },
      take: limit,
    });
    return rows.map(blockView);
  }

  async find(tx: Tx, userId: string, blockedId: string): Promise<BlockView | null> {
    const row = await tx.prisma.block.findUnique({
      where: { tenantId_userId_blockedId: { tenantId: tx.tenantId, userId, blockedId } },
    });
    return row === null ? null : blockView(row);
  }

  async count(tx: Tx, userId: string): Promise<number> {
    return tx.prisma.block.count({ where: { tenantId: tx.tenantId, userId } });
  }

  async isUser(tx: Tx, id: string): Promise<boolean> {
    return (await tx.prisma.appUser.count({ where: { tenantId: tx.tenantId, id } })) > 0;
  }

  async add(tx: Tx, userId: string, blockedId: string): Promise<BlockView> {
    return blockView(await tx.prisma.block.create({ data: { tenantId: tx.tenantId, userId, blockedId } }));
  }

  /** Whether there was one. */
  async remove(tx: Tx, userId: string, blockedId: string): Promise<boolean> {
    const { count } = await tx.prisma.block.deleteMany({
      where: { tenantId: tx.tenantId, userId, blockedId },
    });
    return count > 0;
  }

  /** Writes down that the blocks of these changed; returns when, of each. In the order of the ids, so that two never wait for each other. */
  async stamp(tx: Tx, userIds: readonly string[]): Promise<BlockChange[]> {
    const rows = await tx.sql<{ user_id: string; at: Date }>`
      INSERT INTO block_change AS c (tenant_id, user_id, at)
      SELECT ${tx.tenantId}::uuid, s.id, clock_timestamp() FROM unnest(${[...userIds].sort()}::text[]) AS s (id)
      ON CONFLICT (tenant_id, user_id) DO UPDATE
         SET at = greatest(clock_timestamp(), c.at + interval '1 millisecond')
      RETURNING user_id, at`;
    return rows.map(({ user_id, at }) => ({ tenantId: tx.tenantId, userId: user_id, at: at.getTime() }));
  }

  /** The direct conversations of the two by id, after `after`. In SQL: Prisma has no join of a table with itself. */
  async directConversations(
    tx: Tx,
    [one, other]: readonly [string, string],
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await tx.sql<{ id: string }>`
      SELECT c.id FROM participant p
        JOIN participant q ON q.tenant_id = p.tenant_id AND q.conversation_id = p.conversation_id AND q.user_id = ${other}
        JOIN conversation c ON c.tenant_id = p.tenant_id AND c.id = p.conversation_id AND c.kind = 'direct'
       WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.user_id = ${one}
         AND (${after}::uuid IS NULL OR p.conversation_id > ${after}::uuid)
       ORDER BY c.id LIMIT ${limit}::int`;
    return rows.map(({ id }) => id);
  }

  /** Writes into a conversation whether one of the two blocks the other; the caller holds the head's lock. */
  async settle(tx: Tx, conversationId: string, [one, other]: readonly [string, string]): Promise<void> {
    await tx.sql`
      UPDATE conversation c
         SET blocked = EXISTS (
           SELECT 1 FROM block b
            WHERE b.tenant_id = c.tenant_id AND ((b.user_id = ${one} AND b.blocked_id = ${other})
                                              OR (b.user_id = ${other} AND b.blocked_id = ${one})))
       WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id = ${conversationId}::uuid
      RETURNING c.id`;
  }
}

function blockView({ blockedId, at }: { blockedId: string; at: Date }): BlockView {
  return { userId: blockedId, at: at.toISOString() };
}
