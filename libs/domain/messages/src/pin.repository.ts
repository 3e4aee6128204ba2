import { Injectable } from '@nestjs/common';
import type { VisibleSeqs } from '@parley/domain/participants';
import type { Tx } from '@parley/platform/database';

/** A row of `pin`. */
export interface PinRow {
  messageSeq: number;
  pinnedSeq: number;
  pinnedBy: string | null;
  pinnedAt: Date;
}

/** The only file here that knows the table `pin`. */
@Injectable()
export class PinRepository {
  async find(tx: Tx, conversationId: string, messageSeq: number): Promise<PinRow | null> {
    const row = await tx.prisma.pin.findUnique({
      where: { tenantId_conversationId_messageSeq: { tenantId: tx.tenantId, conversationId, messageSeq } },
    });
    return row === null ? null : pinRow(row);
  }

  /** Their number is bounded, so counting them costs little. */
  count(tx: Tx, conversationId: string): Promise<number> {
    return tx.prisma.pin.count({ where: { tenantId: tx.tenantId, conversationId } });
  }

  async add(tx: Tx, conversationId: string, pin: PinRow): Promise<void> {
    await tx.prisma.pin.create({ data: { tenantId: tx.tenantId, conversationId, ...pin } });
  }

  /** Whether it was pinned. */
  async remove(tx: Tx, conversationId: string, messageSeq: number): Promise<boolean> {
    const where = { tenantId: tx.tenantId, conversationId, messageSeq };
    return (await tx.prisma.pin.deleteMany({ where })).count > 0;
  }

  /** Of messages and pinnings that may be seen, the newest first, before the pinning at `before`. */
  async list(
    tx: Tx,
    conversationId: string,
    visible: VisibleSeqs,
    before: number | null,
    limit: number,
  ): Promise<PinRow[]> {
    const rows = await tx.prisma.pin.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        messageSeq: { gte: visible.from },
        pinnedSeq: before === null ? { lte: visible.to } : { lte: visible.to, lt: before },
      },
      orderBy: { pinnedSeq: 'desc' },
      take: limit,
    });
    return rows.map(pinRow);
  }
}

function pinRow(row: {
  messageSeq: bigint;
  pinnedSeq: bigint;
  pinnedBy: string | null;
  pinnedAt: Date;
}): PinRow {
  return {
    messageSeq: Number(row.messageSeq),
    pinnedSeq: Number(row.pinnedSeq),
    pinnedBy: row.pinnedBy,
    pinnedAt: row.pinnedAt,
  };
}
