import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';

/** Whom a user is kept apart from, for what is told live. */
@Injectable()
export class BlockReader {
  constructor(private readonly db: Db) {}

  /**
   * Those of `others` whom the user blocks or who block it, as it is this moment: neither gets the other's typing and
   * presence. One query for all of them.
   */
  async apart(tenantId: string, userId: string, others: readonly string[]): Promise<ReadonlySet<string>> {
    if (others.length === 0) return new Set();
    const rows = await this.db.tx(tenantId, ({ prisma }) =>
      prisma.block.findMany({
        where: {
          tenantId,
          OR: [
            { userId, blockedId: { in: [...others] } },
            { userId: { in: [...others] }, blockedId: userId },
          ],
        },
        select: { userId: true, blockedId: true },
      }),
    );
    return new Set(rows.map((row) => (row.userId === userId ? row.blockedId : row.userId)));
  }
}
