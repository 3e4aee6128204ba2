import { Injectable } from '@nestjs/common';
import type { BanView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { activeBans, banView } from './ban.view';

/** Bans from conversations, in the database. A ban whose end has passed is none. */
@Injectable()
export class BanRepository {
  /** Those of the users whom the conversation keeps out now. */
  async banned(tx: Tx, conversationId: string, userIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.prisma.conversationBan.findMany({
      where: { tenantId: tx.tenantId, conversationId, userId: { in: [...userIds] }, ...activeBans() },
      select: { userId: true },
    });
    return new Set(rows.map(({ userId }) => userId));
  }

  /** By user, after `after`. */
  async list(tx: Tx, conversationId: string, after: string | null, limit: number): Promise<BanView[]> {
    const rows = await tx.prisma.conversationBan.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        ...(after === null ? {} : { userId: { gt: after } }),
        ...activeBans(),
      },
      orderBy: { userId: 'asc' },
      take: limit,
    });
    return rows.map(banView);
  }

  /** What is open for the user closes with the ban. */
  async closeInvitation(tx: Tx, conversationId: string, userId: string): Promise<void> {
    await tx.prisma.invitation.deleteMany({ where: { tenantId: tx.tenantId, conversationId, userId } });
  }

  /** A new one takes the place of the one before it. */
  async put(
    tx: Tx,
    actor: Actor,
    conversationId: string,
    { userId, reason, until }: { userId: string; reason: string | null; until: Date | null },
  ): Promise<BanView> {
    const place = { tenantId: tx.tenantId, conversationId, userId };
    const by = { byUser: actor.userId, byKey: actor.kind === 'server' ? actor.keyId : null };
    const ban = { reason, until, at: new Date(), ...by };
    const row = await tx.prisma.conversationBan.upsert({
      where: { tenantId_conversationId_userId: place },
      create: { ...place, ...ban },
      update: ban,
    });
    return banView(row);
  }

  /** Whether there was one that held. */
  async lift(tx: Tx, conversationId: string, userId: string): Promise<boolean> {
    const place = { tenantId: tx.tenantId, conversationId, userId };
    const { count } = await tx.prisma.conversationBan.deleteMany({ where: { ...place, ...activeBans() } });
    return count > 0;
  }
}
