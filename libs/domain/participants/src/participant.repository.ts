import { Injectable } from '@nestjs/common';
import type {
  ConversationKind,
  ConversationVisibility,
  HistoryMode,
  PostingMode,
  ReactionMode,
} from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import type { NewParticipant } from './participant.policy';

/** A row of `participant`, as far as it is read. */
export interface ParticipantRow {
  userId: string;
  role: string;
  label: string | null;
  visibleFrom: bigint;
  leftSeq: bigint | null;
  joinedAt: Date;
}

/** What decides about changes in a conversation. */
export interface ConversationRules {
  kind: ConversationKind;
  status: string;
  history: HistoryMode;
  reactionMode: ReactionMode;
  posting: PostingMode;
  /** A direct conversation of which one side blocks the other. */
  blocked: boolean;
  visibility: ConversationVisibility;
}

/** Where a join stands in the timeline. */
export interface JoinPlace {
  visibleFrom: number;
  readSeq: number;
  readOrdinal: number;
}

const columns = {
  userId: true,
  role: true,
  label: true,
  visibleFrom: true,
  leftSeq: true,
  joinedAt: true,
} as const;

/** The only file here that knows the database. */
@Injectable()
export class ParticipantRepository {
  async rules(tx: Tx, conversationId: string): Promise<ConversationRules> {
    const row = await tx.prisma.conversation.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: tx.tenantId, id: conversationId } },
      select: {
        kind: true,
        status: true,
        history: true,
        reactionMode: true,
        posting: true,
        blocked: true,
        visibility: true,
      },
    });
    return {
      kind: row.kind as ConversationKind,
      status: row.status,
      history: row.history as HistoryMode,
      reactionMode: row.reactionMode as ReactionMode,
      posting: row.posting as PostingMode,
      blocked: row.blocked,
      visibility: row.visibility as ConversationVisibility,
    };
  }

  async exists(tx: Tx, conversationId: string): Promise<boolean> {
    const where = { tenantId: tx.tenantId, id: conversationId, status: { not: 'deleted' } };
    return (await tx.prisma.conversation.count({ where })) > 0;
  }

  /** A user's role in the tenant; null: there is no such user. */
  async tenantRole(tx: Tx, userId: string): Promise<string | null> {
    const row = await tx.prisma.appUser.findUnique({
      where: { tenantId_id: { tenantId: tx.tenantId, id: userId } },
      select: { role: true },
    });
    return row?.role ?? null;
  }

  /** Memberships of these users, former ones too. */
  find(tx: Tx, conversationId: string, userIds: string[]): Promise<ParticipantRow[]> {
    return tx.prisma.participant.findMany({
      where: { tenantId: tx.tenantId, conversationId, userId: { in: userIds } },
      select: columns,
    });
  }

  /** Current participants by user id, after `after`. */
  list(tx: Tx, conversationId: string, after: string | null, limit: number): Promise<ParticipantRow[]> {
    return tx.prisma.participant.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        leftSeq: null,
        ...(after === null ? {} : { userId: { gt: after } }),
      },
      select: columns,
      orderBy: { userId: 'asc' },
      take: limit,
    });
  }

  /** How many stay, and how many of them own the conversation, without this user. */
  async others(tx: Tx, conversationId: string, userId: string): Promise<{ total: number; owners: number }> {
    const where = { tenantId: tx.tenantId, conversationId, leftSeq: null, userId: { not: userId } };
    const total = await tx.prisma.participant.count({ where });
    const owners = await tx.prisma.participant.count({ where: { ...where, role: 'owner' } });
    return { total, owners };
  }

  /** The current owners. */
  owners(tx: Tx, conversationId: string): Promise<ParticipantRow[]> {
    return tx.prisma.participant.findMany({
      where: { tenantId: tx.tenantId, conversationId, leftSeq: null, role: 'owner' },
      select: columns,
      orderBy: { userId: 'asc' },
    });
  }

  /** Nothing from before `seq` is there for this user any more, and all of it counts as read. */
  async resetHistory(tx: Tx, conversationId: string, userId: string, seq: number): Promise<ParticipantRow> {
    await tx.sql`
      UPDATE participant p
         SET visible_from = ${seq}::bigint, read_seq = ${seq}::bigint, own_after_read = 0, unread_from_seq = NULL,
             read_ordinal = (SELECT h.message_count FROM conversation_head h
                              WHERE h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id)
       WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.conversation_id = ${conversationId}::uuid
         AND p.user_id = ${userId}`;
    const [row] = await this.find(tx, conversationId, [userId]);
    if (row === undefined) throw new RangeError('there is no participant to reset');
    return row;
  }

  /** Those of the ids that are no users of the tenant. */
  async unknownUsers(tx: Tx, userIds: string[]): Promise<Set<string>> {
    const known = await tx.prisma.appUser.findMany({
      where: { tenantId: tx.tenantId, id: { in: userIds } },
      select: { id: true },
    });
    const unknown = new Set(userIds);
    for (const { id } of known) unknown.delete(id);
    return unknown;
  }

  /** Makes them participants, again where they were before. In SQL: Prisma has no upsert of many rows. */
  async join(tx: Tx, conversationId: string, joining: NewParticipant[], place: JoinPlace): Promise<void> {
    const rows = JSON.stringify(joining);
    await tx.sql`
      INSERT INTO participant AS p (tenant_id, conversation_id, user_id, role, label, visible_from, read_seq,
                                    read_ordinal, joined_at)
      SELECT ${tx.tenantId}::uuid, ${conversationId}::uuid, r."userId", r.role, r.label, ${place.visibleFrom}::bigint,
             ${place.readSeq}::bigint, ${place.readOrdinal}::bigint, date_trunc('milliseconds', clock_timestamp())
        FROM json_to_recordset(${rows}::json) AS r("userId" text, role text, label text)
      ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE
         SET role = excluded.role, label = excluded.label, visible_from = excluded.visible_from, left_seq = NULL,
             read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal, own_after_read = 0,
             unread_from_seq = NULL, hidden_count = NULL, joined_at = excluded.joined_at`;
  }

  update(
    tx: Tx,
    conversationId: string,
    userId: string,
    change: { role?: string; label?: string | null; leftSeq?: number },
  ): Promise<ParticipantRow> {
    return tx.prisma.participant.update({
      where: { tenantId_conversationId_userId: { tenantId: tx.tenantId, conversationId, userId } },
      data: change,
      select: columns,
    });
  }
}
