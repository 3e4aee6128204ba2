import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ConversationRulesView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import type { ConversationPlan } from './conversation.plan';
import { rulesView } from './conversation-rules.view';

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
        posting: plan.settings.posting,
        slowModeSeconds: plan.settings.slowModeSeconds,
        metadata,
        createdBy: plan.createdBy,
      },
      skipDuplicates: true,
    });
    if (count === 0) return null;
    await tx.prisma.conversationHead.create({ data: { tenantId: tx.tenantId, conversationId: id } });
    return id;
  }

  /** As it is now, with whether it is the only one of its kind; the caller holds the head's lock. */
  async settings(tx: Tx, id: string): Promise<{ rules: ConversationRulesView; distinct: boolean }> {
    const row = await tx.prisma.conversation.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: tx.tenantId, id } },
    });
    return { rules: rulesView(row), distinct: row.distinctKey !== null };
  }

  async update(tx: Tx, id: string, rules: ConversationRulesView): Promise<void> {
    const metadata: object = rules.metadata;
    await tx.prisma.conversation.update({
      where: { tenantId_id: { tenantId: tx.tenantId, id } },
      data: {
        status: rules.status,
        visibility: rules.visibility,
        history: rules.history,
        subjectType: rules.subject?.type ?? null,
        subjectId: rules.subject?.id ?? null,
        title: rules.title,
        ...rules.settings,
        metadata,
      },
      select: { id: true },
    });
  }

  /** Nothing leads to it any more: what it was called and about goes at once, and its distinct key is free again. */
  async end(tx: Tx, id: string): Promise<void> {
    await tx.prisma.conversation.update({
      where: { tenantId_id: { tenantId: tx.tenantId, id } },
      data: {
        status: 'deleted',
        visibility: 'private',
        distinctKey: null,
        title: null,
        subjectType: null,
        subjectId: null,
        metadata: {},
      },
      select: { id: true },
    });
  }

  async findDistinct(tx: Tx, distinctKey: Buffer): Promise<string | null> {
    const row = await tx.prisma.conversation.findFirst({
      where: { tenantId: tx.tenantId, distinctKey: new Uint8Array(distinctKey) },
      select: { id: true },
    });
    return row?.id ?? null;
  }
}
