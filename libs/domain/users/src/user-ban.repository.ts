import { Injectable } from '@nestjs/common';
import type { BanView, UserRole } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { activeBans, banView } from '@parley/domain/participants';

/** Bans from the tenant, in the database. A ban whose end has passed is none. */
@Injectable()
export class UserBanRepository {
  /** Null: there is no such user. */
  async roleOf(tx: Tx, id: string): Promise<UserRole | null> {
    const row = await tx.prisma.appUser.findUnique({
      where: { tenantId_id: { tenantId: tx.tenantId, id } },
      select: { role: true },
    });
    return (row?.role as UserRole | undefined) ?? null;
  }

  /** By user, after `after`. */
  async list(tx: Tx, after: string | null, limit: number): Promise<BanView[]> {
    const rows = await tx.prisma.userBan.findMany({
      where: { tenantId: tx.tenantId, ...(after === null ? {} : { userId: { gt: after } }), ...activeBans() },
      orderBy: { userId: 'asc' },
      take: limit,
    });
    return rows.map(banView);
  }

  /** A new one takes the place of the one before it. Its time is the database's, by which the tail looks back. */
  async put(
    tx: Tx,
    actor: Actor,
    { userId, reason, until }: { userId: string; reason: string | null; until: Date | null },
  ): Promise<BanView> {
    const byKey = actor.kind === 'server' ? actor.keyId : null;
    await tx.sql`
      INSERT INTO user_ban AS b (tenant_id, user_id, reason, until, by_user, by_key, at)
      VALUES (${tx.tenantId}::uuid, ${userId}, ${reason}::text, ${until}::timestamptz, ${actor.userId}::text, ${byKey}::text,
              clock_timestamp())
      ON CONFLICT (tenant_id, user_id) DO UPDATE
         SET reason = excluded.reason, until = excluded.until, by_user = excluded.by_user, by_key = excluded.by_key,
             at = excluded.at`;
    const row = await tx.prisma.userBan.findUniqueOrThrow({
      where: { tenantId_userId: { tenantId: tx.tenantId, userId } },
    });
    return banView(row);
  }

  /** Whether there was one that held. */
  async lift(tx: Tx, userId: string): Promise<boolean> {
    const { count } = await tx.prisma.userBan.deleteMany({
      where: { tenantId: tx.tenantId, userId, ...activeBans() },
    });
    return count > 0;
  }
}
