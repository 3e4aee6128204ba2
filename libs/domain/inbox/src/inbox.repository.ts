import { Injectable } from '@nestjs/common';
import type { UpdatePersonalSettingsDto } from '@parley/contracts/dto';
import { limits } from '@parley/contracts/wire';
import { Db, type Tx } from '@parley/platform/database';
import {
  inboxFind,
  readMark,
  readUnmark,
  type InboxRow,
  type OwnRow,
  type ReadMarkRow,
  type ReadUnmarkRow,
} from './inbox.functions';

/** A user in one conversation. */
export interface Reader {
  tenantId: string;
  userId: string;
  conversationId: string;
}

/** A user's own settings of a conversation. */
export type SettingsRow = Pick<
  OwnRow,
  'pinned' | 'archived' | 'hidden' | 'muted_until' | 'notification_level'
>;

/**
 * Everything that the inbox writes into another library's table, of `participant` alone: the read marker with its counters
 * (`read_seq`, `read_ordinal`, `own_after_read`, `unread_from_seq`) and the user's own settings (`pinned`, `archived`,
 * `hidden_count`, `muted_until`, `notification_level`, `own_version`). Nothing else in this library writes such a table.
 * Each write takes the transaction that it is part of, or none: then it is one of its own, on the hot path.
 */
@Injectable()
export class InboxRepository {
  constructor(private readonly db: Db) {}

  /** Undefined: not a participant. */
  async markRead(
    { tenantId, userId, conversationId }: Reader,
    seq: number | null,
    tx: Tx | null,
  ): Promise<ReadMarkRow | undefined> {
    const audience = limits.readMarkersMaxParticipants;
    const [row] =
      tx === null
        ? await this.db.hot.call(readMark, tenantId, userId, conversationId, seq, audience)
        : inNumbers<ReadMarkRow>(
            await tx.sql`SELECT * FROM read_mark_v1(${tenantId}::uuid, ${userId}, ${conversationId}::uuid, ${seq}::bigint, ${audience}::int)`,
          );
    return row;
  }

  /** Undefined: not a participant. */
  async markUnread(
    { tenantId, userId, conversationId }: Reader,
    seq: number,
    tx: Tx | null,
  ): Promise<ReadUnmarkRow | undefined> {
    const [row] =
      tx === null
        ? await this.db.hot.call(readUnmark, tenantId, userId, conversationId, seq)
        : inNumbers<ReadUnmarkRow>(
            await tx.sql`SELECT * FROM read_unmark_v1(${tenantId}::uuid, ${userId}, ${conversationId}::uuid, ${seq}::bigint)`,
          );
    return row;
  }

  /** What is absent stays. Undefined: not a participant. */
  async updateSettings(
    tx: Tx,
    { userId, conversationId }: Reader,
    change: UpdatePersonalSettingsDto,
  ): Promise<(SettingsRow & { at: Date }) | undefined> {
    const { pinned = null, archived = null, hidden = null, mutedUntil, notificationLevel = null } = change;
    await tx.sql`
      UPDATE participant p
         SET pinned = coalesce(${pinned}::boolean, p.pinned), archived = coalesce(${archived}::boolean, p.archived),
             hidden_count = CASE WHEN ${hidden}::boolean IS NULL THEN p.hidden_count WHEN ${hidden}::boolean THEN (
               SELECT h.message_count FROM conversation_head h
                WHERE h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id) END,
             muted_until = CASE WHEN ${mutedUntil === undefined} THEN p.muted_until
                                ELSE ${mutedUntil ?? null}::timestamptz END,
             notification_level = coalesce(${notificationLevel}::text, p.notification_level),
             own_version = p.own_version + 1
       WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.conversation_id = ${conversationId}::uuid
         AND p.user_id = ${userId} AND p.left_seq IS NULL`;
    const [row] = await tx.sql<SettingsRow & { at: Date }>`
      SELECT clock_timestamp() AS at, m.pinned, m.archived, m.hidden, m.muted_until, m.notification_level FROM membership_v1 m
       WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.conversation_id = ${conversationId}::uuid
         AND m.user_id = ${userId}`;
    return row;
  }

  /** Counts a change of what is the user's own here. False: not a participant. */
  async raiseOwnVersion(tx: Tx, { userId, conversationId }: Reader): Promise<boolean> {
    const rows = await tx.sql`
      UPDATE participant p SET own_version = p.own_version + 1
       WHERE p.tenant_id = ${tx.tenantId}::uuid AND p.conversation_id = ${conversationId}::uuid
         AND p.user_id = ${userId} AND p.left_seq IS NULL
      RETURNING p.own_version`;
    return rows.length > 0;
  }

  /** These conversations in no order, each with the part of `userId` where it has a current one. */
  async find(tenantId: string, userId: string | null, ids: string[], tx: Tx | null): Promise<InboxRow[]> {
    if (tx === null) return this.db.hot.call(inboxFind, tenantId, userId, ids);
    return inNumbers<InboxRow>(
      await tx.sql`SELECT * FROM inbox_find_v2(${tenantId}::uuid, ${userId}::text, ${ids}::uuid[])`,
    );
  }
}

/** Rows as the hot path gives them: Prisma has bigints where it has numbers. */
function inNumbers<R>(rows: unknown[]): R[] {
  return rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row as object).map(([key, value]: [string, unknown]) => [
          key,
          typeof value === 'bigint' ? Number(value) : value,
        ]),
      ) as R,
  );
}
