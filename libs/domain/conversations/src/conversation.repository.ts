import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ConversationKind } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import type { ParticipantRow } from '@parley/domain/participants';
import type { ConversationPlan } from './conversation.plan';

/** A conversation with its counters and, where it was asked for somebody, that user's membership. */
export interface ConversationRow {
  id: string;
  kind: string;
  status: string;
  visibility: string;
  history: string;
  subjectType: string | null;
  subjectId: string | null;
  title: string | null;
  reactionMode: string;
  metadata: unknown;
  createdAt: Date;
  head: { lastSeq: bigint; messageCount: bigint; lastMessageAt: Date | null } | null;
  participants: ParticipantRow[];
}

/** A place in a user's list: the time of the last message, or of the birth, and the id. */
export interface ActivityKey {
  at: Date;
  id: string;
}

export interface ListFilter {
  kind: ConversationKind | null;
  subjectType: string | null;
  subjectId: string | null;
}

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

  /** These conversations, each with the membership of `userId` where it has a current one; in no order. */
  find(tx: Tx, ids: string[], userId: string | null): Promise<ConversationRow[]> {
    return tx.prisma.conversation.findMany({
      where: { tenantId: tx.tenantId, id: { in: ids } },
      include: {
        head: true,
        participants: { where: { userId: { in: userId === null ? [] : [userId] }, leftSeq: null } },
      },
    });
  }

  /**
   * Places of a user's current conversations, the last active first, after `after`. In SQL: it sorts by two tables, and
   * only the user's own memberships are read for it.
   */
  list(
    tx: Tx,
    userId: string,
    filter: ListFilter,
    after: ActivityKey | null,
    limit: number,
  ): Promise<ActivityKey[]> {
    return tx.sql<ActivityKey>`
      SELECT c.id, coalesce(h.last_message_at, c.created_at) AS at
        FROM participant p
        JOIN conversation c ON c.tenant_id = p.tenant_id AND c.id = p.conversation_id
        JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
       WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.user_id = ${userId} AND p.left_seq IS NULL
         AND (${filter.kind}::text IS NULL OR c.kind = ${filter.kind}::text)
         AND (${filter.subjectType}::text IS NULL OR c.subject_type = ${filter.subjectType}::text)
         AND (${filter.subjectId}::text IS NULL OR c.subject_id = ${filter.subjectId}::text)
         AND (${after?.id ?? null}::uuid IS NULL
              OR (coalesce(h.last_message_at, c.created_at), c.id)
                 < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
       ORDER BY at DESC, c.id DESC
       LIMIT ${limit}`;
  }
}
