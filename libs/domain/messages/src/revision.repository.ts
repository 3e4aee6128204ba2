import { Injectable } from '@nestjs/common';
import type { Mention, RevisionView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';

/** The only file here that knows the database; the revisions are written by the timeline, with the messages. */
@Injectable()
export class RevisionRepository {
  /** What a message said before, the newest first, before the version `before`. What is kept too long is not there. */
  async list(
    tx: Tx,
    { conversationId, messageSeq }: { conversationId: string; messageSeq: number },
    before: number | null,
    limit: number,
  ): Promise<RevisionView[]> {
    const rows = await tx.prisma.messageRevision.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        messageSeq,
        ...(before === null ? {} : { version: { lt: before } }),
        OR: [{ purgeAt: null }, { purgeAt: { gt: new Date() } }],
      },
      orderBy: { version: 'desc' },
      take: limit,
    });
    return rows.map((row) => ({
      version: row.version,
      text: row.text,
      mentions: row.mentions as unknown as Mention[],
      metadata: row.metadata as Record<string, unknown>,
      at: row.at.toISOString(),
      replacedAt: row.replacedAt.toISOString(),
      replacedBy: row.replacedBy,
    }));
  }
}
