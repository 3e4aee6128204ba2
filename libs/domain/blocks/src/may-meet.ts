import { AppError } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';

/** Holds the two until the commit: one of a block and a new direct conversation comes after the other. */
export async function lockPair(tx: Tx, one: string, other: string): Promise<void> {
  const pair = [tx.tenantId, ...[one, other].sort()].join('\n');
  await tx.sql`SELECT pg_advisory_xact_lock(hashtextextended(${pair}, 0))::text`;
}

/** Before a direct conversation of these two is made. @throws AppError `user.blocked`, for either side alike */
export async function assertMayMeet(tx: Tx, one: string, other: string): Promise<void> {
  await lockPair(tx, one, other);
  const found = await tx.prisma.block.findFirst({
    where: {
      tenantId: tx.tenantId,
      OR: [
        { userId: one, blockedId: other },
        { userId: other, blockedId: one },
      ],
    },
    select: { userId: true },
  });
  if (found !== null) throw new AppError('user.blocked');
}
