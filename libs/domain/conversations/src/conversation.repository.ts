import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '@parley/platform/database';
import type { ConversationPlan } from './conversation.plan';

/** The only file here that knows the database. */
@Injectable()
export class ConversationRepository {
  /** Makes the conversation with its head; null when there is one with its distinct key, also one made this very moment. */
  async insert(tx: Tx, plan: ConversationPlan): Promise<string | null> {
    const id = uuidv7();
    const metadata: object = plan.metadata;
    const { count } = await tx.prisma.conversation.createMany({
      data: {
        tenantId: tx.tenantId,
        id,
        kind: plan.kind,
        distinctKey: plan.distinctKey === null ? null : new Uint8Array(plan.distinctKey),
        subjectType: plan.subject?.type ?? null,
        subjectId: plan.subject?.id ?? null,
        title: plan.title,
        visibility: plan.visibility,
        history: plan.history,
        reactionMode: plan.settings.reactionMode,
        metadata,
        createdBy: plan.createdBy,
      },
      skipDuplicates: true,
    });
    if (count === 0) return null;
    await tx.prisma.conversationHead.create({ data: { tenantId: tx.tenantId, conversationId: id } });
    return id;
  }

  async findDistinct(tx: Tx, distinctKey: Buffer): Promise<string | null> {
    const row = await tx.prisma.conversation.findFirst({
      where: { tenantId: tx.tenantId, distinctKey: new Uint8Array(distinctKey) },
      select: { id: true },
    });
    return row?.id ?? null;
  }
}
