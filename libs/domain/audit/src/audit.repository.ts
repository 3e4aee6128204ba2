import { Injectable } from '@nestjs/common';
import type { AuditPageQueryDto } from '@parley/contracts/dto';
import type { AuditAction, AuditEntryView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';

/** A place in the list: entries are ordered by time, then by id. */
export type AuditCursor = [at: string, id: string];

export type AuditFilter = Omit<AuditPageQueryDto, 'cursor' | 'limit'>;

/** The only file here that reads the table. */
@Injectable()
export class AuditRepository {
  /** The newest first; a filter that is absent lets everything pass. */
  async list(
    tx: Tx,
    { action, actor, target, conversationId, from, to }: AuditFilter,
    after: AuditCursor | null,
    limit: number,
  ): Promise<AuditEntryView[]> {
    const rows = await tx.prisma.auditEntry.findMany({
      where: {
        tenantId: tx.tenantId,
        ...(action === undefined ? {} : { action }),
        ...(target === undefined ? {} : { target }),
        ...(conversationId === undefined ? {} : { conversationId }),
        AND: [
          ...(actor === undefined ? [] : [{ OR: [{ actorUser: actor }, { actorKey: actor }] }]),
          ...(from === undefined ? [] : [{ at: { gte: new Date(from) } }]),
          ...(to === undefined ? [] : [{ at: { lt: new Date(to) } }]),
          ...(after === null ? [] : [before(after)]),
        ],
      },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      take: limit,
    });
    return rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: { userId: row.actorUser, keyId: row.actorKey },
      action: row.action as AuditAction,
      target: row.target,
      conversationId: row.conversationId,
      reason: row.reason,
      details: row.details as Record<string, unknown>,
    }));
  }
}

function before([at, id]: AuditCursor) {
  const time = new Date(at);
  // The first bound alone is what the index walks from.
  return { at: { lte: time }, OR: [{ at: { lt: time } }, { id: { lt: id } }] };
}
