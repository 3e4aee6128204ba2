import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ChannelPageQueryDto } from '@parley/contracts/dto';
import { limits, type ChannelView, type ConversationKind, type Page } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';

interface ChannelRow {
  id: string;
  kind: ConversationKind;
  title: string | null;
  metadata: Record<string, unknown>;
  created_at: Date;
  joined: boolean;
}

/** Shows which conversations anybody in the tenant may join. */
@Injectable()
export class ChannelService {
  constructor(private readonly db: Db) {}

  /** Active ones of visibility `tenant`, the newest first. @throws AppError `scope.missing`, `cursor.invalid` */
  async list(actor: Actor, query: ChannelPageQueryDto): Promise<Page<ChannelView>> {
    assertScope(actor, 'conversations');
    const after = decodeCursor(query.cursor, z.uuid());
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, (tx) =>
      find(tx, actor.userId, { q: query.q ?? null, after, limit: limit + 1 }),
    );
    return pageOf(rows.map(channelView), limit, ({ id }) => id);
  }
}

/** In SQL: the index of the directory has its conditions, and a title is looked into in any case. */
function find(
  tx: Tx,
  userId: string | null,
  { q, after, limit }: { q: string | null; after: string | null; limit: number },
): Promise<ChannelRow[]> {
  return tx.sql<ChannelRow>`
    SELECT c.id, c.kind, c.title, c.metadata, c.created_at,
           EXISTS (SELECT 1 FROM participant p
                    WHERE p.tenant_id = c.tenant_id AND p.conversation_id = c.id AND p.user_id = ${userId}::text
                      AND p.left_seq IS NULL) AS joined
      FROM conversation c
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.visibility = 'tenant' AND c.status = 'active'
       AND (${after}::uuid IS NULL OR c.id < ${after}::uuid)
       AND (${q}::text IS NULL OR strpos(lower(c.title), lower(${q}::text)) > 0)
     ORDER BY c.id DESC LIMIT ${limit}::int`;
}

function channelView({ created_at, ...row }: ChannelRow): ChannelView {
  return { ...row, createdAt: created_at.toISOString() };
}
