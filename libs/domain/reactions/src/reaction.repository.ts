import { Injectable } from '@nestjs/common';
import { limits, type ReactionEntryView, type ReactionMode, type ReactionView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import type { ReactionViewRow } from './reaction.functions';
import { reactionView } from './reaction.view';

/** A place in the list of who reacted. */
export type ReactionCursor = [key: string, userId: string];

/** A message by its place. */
interface MessagePlace {
  conversationId: string;
  seq: number;
}

/** What became of one reaction, with the key's count after it. */
export interface WrittenReaction {
  outcome: 'added' | 'removed' | 'full';
  key: string;
  count: number;
}

/** The only file here that knows the tables. */
@Injectable()
export class ReactionRepository {
  /** What changed, in order; nothing where it is so already. After `full` the transaction must not commit. */
  async write(
    tx: Tx,
    { conversationId, seq }: MessagePlace,
    { userId, key, add }: { userId: string; key: string; add: boolean },
    { mode, nextSeq }: { mode: ReactionMode; nextSeq: number },
  ): Promise<WrittenReaction[]> {
    const rows = await tx.sql<{
      outcome: WrittenReaction['outcome'];
      reaction_key: string;
      reaction_count: number;
    }>`
      SELECT * FROM reaction_write_v1(${tx.tenantId}::uuid, ${conversationId}::uuid, ${seq}::bigint, ${userId}::text,
        ${key}::text, ${add}::boolean, ${mode === 'one'}::boolean, ${limits.reactionKeysPerMessage}::int,
        ${nextSeq}::bigint)`;
    return rows.map(({ outcome, reaction_key, reaction_count }) => ({
      outcome,
      key: reaction_key,
      count: reaction_count,
    }));
  }

  /** A message's reactions as this user sees them. */
  async views(tx: Tx, { conversationId, seq }: MessagePlace, userId: string): Promise<ReactionView[]> {
    const rows = await tx.sql<ReactionViewRow>`
      SELECT * FROM reaction_views_v1(${tx.tenantId}::uuid, ${userId}::text,
        ARRAY[${conversationId}::uuid], ARRAY[${seq}::bigint])`;
    return rows.map(reactionView);
  }

  /** Who reacted, by key and user; of one key where it is given. */
  async list(
    tx: Tx,
    { conversationId, seq }: MessagePlace,
    key: string | null,
    after: ReactionCursor | null,
    limit: number,
  ): Promise<ReactionEntryView[]> {
    const rows = await tx.prisma.reaction.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        messageSeq: seq,
        ...(key === null ? {} : { key }),
        ...(after === null
          ? {}
          : { OR: [{ key: { gt: after[0] } }, { key: after[0], userId: { gt: after[1] } }] }),
      },
      orderBy: [{ key: 'asc' }, { userId: 'asc' }],
      take: limit,
    });
    return rows.map((row) => ({ key: row.key, userId: row.userId, at: row.at.toISOString() }));
  }

  /** Takes all reactions off a message. */
  async clear(tx: Tx, conversationId: string, messageSeq: number): Promise<void> {
    const where = { tenantId: tx.tenantId, conversationId, messageSeq };
    await tx.prisma.reaction.deleteMany({ where });
    await tx.prisma.reactionCount.deleteMany({ where });
  }
}
