import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/platform/database';
import type { Reader } from './inbox.repository';

export interface DraftRow {
  conversationId: string;
  text: string;
  updatedAt: Date;
}

/** A place in a user's drafts, the last written first. */
export interface DraftPlace {
  updatedAt: string;
  conversationId: string;
}

/** The only file here that knows the table `draft`. */
@Injectable()
export class DraftRepository {
  /** In SQL: the time is the server's, taken under the row's lock, so that of two writes the later one has the later time. */
  async write(tx: Tx, { userId, conversationId }: Reader, text: string): Promise<DraftRow> {
    const [row] = await tx.sql<DraftRow>`
      INSERT INTO draft (tenant_id, user_id, conversation_id, text, updated_at)
      VALUES (${tx.tenantId}::uuid, ${userId}, ${conversationId}::uuid, ${text},
              date_trunc('milliseconds', clock_timestamp()))
      ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE
         SET text = excluded.text, updated_at = date_trunc('milliseconds', clock_timestamp())
      RETURNING conversation_id AS "conversationId", text, updated_at AS "updatedAt"`;
    if (row === undefined) throw new RangeError('a draft was not written');
    return row;
  }

  /** When it was deleted; undefined: there was none. */
  async remove(tx: Tx, { userId, conversationId }: Reader): Promise<Date | undefined> {
    const [row] = await tx.sql<{ at: Date }>`
      DELETE FROM draft d
       WHERE d.tenant_id = ${tx.tenantId}::uuid AND d.user_id = ${userId}
         AND d.conversation_id = ${conversationId}::uuid
      RETURNING date_trunc('milliseconds', clock_timestamp()) AS at`;
    return row?.at;
  }

  /** The user's drafts in its current conversations, the last written first, after `after`. */
  list(tx: Tx, userId: string, after: DraftPlace | null, limit: number): Promise<DraftRow[]> {
    return tx.sql<DraftRow>`
      SELECT d.conversation_id AS "conversationId", d.text, d.updated_at AS "updatedAt"
        FROM draft d
        JOIN participant p
          ON p.tenant_id = d.tenant_id AND p.conversation_id = d.conversation_id AND p.user_id = d.user_id
       WHERE d.tenant_id = ${tx.tenantId}::uuid AND d.user_id = ${userId} AND p.left_seq IS NULL
         AND (${after?.conversationId ?? null}::uuid IS NULL
              OR (d.updated_at, d.conversation_id)
                 < (${after?.updatedAt ?? null}::timestamptz, ${after?.conversationId ?? null}::uuid))
       ORDER BY d.updated_at DESC, d.conversation_id DESC
       LIMIT ${limit}`;
  }
}
