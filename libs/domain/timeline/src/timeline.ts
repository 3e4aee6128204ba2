import { v7 as uuidv7 } from 'uuid';
import { handlersOf, type BusEvent, type TailMessage } from '@parley/contracts/internal';
import type { ConversationHead, MessageView, ParticipantRole, StoredEvent } from '@parley/contracts/wire';
import type { Db, Tx } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { appendChanges, type Appended, type NewChange } from './append';
import { messageView, storedEvent } from './event.view';
import {
  deleteMessage,
  editMessage,
  findMessage,
  type ChangedMessage,
  type MessageContent,
} from './message-changes';
import { glanceAtTail, readTail } from './tail';
import { Readings } from './readings';
import type { SendOutcome, SendRow } from './send-lane';
import { SendLanes } from './send-lanes';
import {
  timelineAudience,
  timelineFind,
  timelineLocate,
  timelinePage,
  type AudienceRow,
} from './timeline.functions';

/** A conversation's counters, read under its lock. */
export interface LockedHead {
  lastSeq: number;
  messageCount: number;
}

/** A piece of one timeline, both ends inclusive. */
export interface Range {
  conversationId: string;
  from: number;
  to: number;
}

export interface PageOptions {
  low: number;
  high: number;
  newestFirst: boolean;
  limit: number;
  threadRoot?: number;
}

/** What a user may see of a conversation: `visibleFrom ≤ seq ≤ leftSeq ?? lastSeq`. */
export interface Access {
  conversationId: string;
  visibleFrom: number;
  leftSeq: number | null;
  role: ParticipantRole;
  lastSeq: number;
}

/** A user's current membership, with the head at the moment of the look-up. */
export interface Membership {
  userId: string;
  conversationId: string;
  visibleFrom: number;
  lastSeq: number;
}

/** A message of an import, as `timeline_import` takes it. */
export interface ImportRow {
  s: string;
  k: string;
  h: string;
  t: string;
  at: string;
  /** Sender and clientMessageId of the thread's root. */
  rs?: string | undefined;
  rk?: string | undefined;
  m?: unknown;
  md?: unknown;
}

export interface ImportOutcome {
  i: number;
  outcome: 'created' | 'duplicate' | 'key_conflict' | 'root_missing';
}

/** The only code that touches head, seq and change. It knows intervals and places, and no permission beyond membership. */
export class Timeline {
  private readonly lanes: SendLanes;
  private readonly readings: Readings;
  private readonly outbox = new OutboxAppend();

  /** `handlers`: the jobs that a created message asks for. */
  constructor(
    private readonly db: Db,
    private readonly handlers: readonly string[] = handlersOf('message.created'),
  ) {
    this.lanes = new SendLanes(db.hot, handlers);
    this.readings = new Readings(db);
  }

  /** @throws AppError `service.overloaded` where a message for the conversation would be refused at once. */
  assertRoom(conversationId: string): void {
    this.lanes.assertRoom(conversationId);
  }

  /**
   * Stores one message, together with the sends that arrive at the same time. Resolves after the commit.
   * @throws AppError `service.overloaded` where it would wait too long; `outcome.unknown` or `service.unavailable` while
   * PostgreSQL is away
   */
  send(tenantId: string, row: Omit<SendRow, 'id'>): Promise<SendOutcome> {
    return this.lanes.send(tenantId, { ...row, id: uuidv7() });
  }

  /** Locks the head for the rest of the transaction; null: no such conversation. Read what you decide on after it. */
  async lock(tx: Tx, conversationId: string): Promise<LockedHead | null> {
    const [row] = await tx.sql<{ last_seq: bigint; message_count: bigint }>`
      SELECT * FROM timeline_lock_v1(${tx.tenantId}::uuid, ${conversationId}::uuid)`;
    return row === undefined
      ? null
      : { lastSeq: Number(row.last_seq), messageCount: Number(row.message_count) };
  }

  /** Gives changes their seqs; the caller holds the lock. Publish the returned events after the commit. */
  async append(tx: Tx, conversationId: string, changes: NewChange[]): Promise<BusEvent[]> {
    return (await appendChanges(tx, conversationId, changes)).map(({ event }) => event);
  }

  /** The same for one change, with the time that it got. */
  async appendOne(tx: Tx, conversationId: string, change: NewChange): Promise<Appended> {
    const [appended] = await appendChanges(tx, conversationId, [change]);
    if (appended === undefined) throw new RangeError('a change got no place');
    return appended;
  }

  /** A message as this transaction sees it; under the lock it stays so until the commit. */
  findIn(tx: Tx, conversationId: string, messageId: string): Promise<MessageView | null> {
    return findMessage(tx, conversationId, messageId);
  }

  /** Gives a message other content, by a change; the caller holds the lock. */
  edit(tx: Tx, message: MessageView, content: MessageContent, actor: string | null): Promise<ChangedMessage> {
    return editMessage(tx, message, content, actor);
  }

  /** Makes a message a tombstone, by a change; the caller holds the lock. What it said is kept for `keepDays`. */
  delete(tx: Tx, message: MessageView, keepDays: number, actor: string | null): Promise<ChangedMessage> {
    return deleteMessage(tx, message, keepDays, actor);
  }

  /** Whoever begins anew in a conversation follows none of its threads: an earlier membership's follows are over. */
  async endFollows(tx: Tx, conversationId: string, userIds: string[]): Promise<void> {
    await tx.sql`
      UPDATE thread_follower f SET following = NULL
       WHERE f.tenant_id = ${tx.tenantId}::uuid AND f.user_id = ANY (${userIds}::text[])
         AND f.conversation_id = ${conversationId}::uuid AND f.following IS NOT NULL`;
  }

  /** Stores a page of an import under the lock that the caller holds. */
  async importMessages(tx: Tx, conversationId: string, rows: ImportRow[]): Promise<ImportOutcome[]> {
    const json = JSON.stringify(rows.map((row, i) => ({ i, id: uuidv7(), ...row })));
    const stored = await tx.sql<ImportOutcome & { id: string; seq: bigint }>`
      SELECT * FROM timeline_import_v3(${tx.tenantId}::uuid, ${conversationId}::uuid, ${json}::json)`;
    const created = stored.filter(({ outcome }) => outcome === 'created' || outcome === 'root_missing');
    await this.outbox.append(
      tx,
      created.map(({ id, seq }) => ({ id, event: 'message.created', conversationId, seq: Number(seq) })),
      this.handlers,
    );
    return stored.map(({ i, outcome }) => ({ i, outcome }));
  }

  /** What stands at these places, in the order of the ranges, `limit` events in all. It knows no membership. */
  async ranges(tenantId: string, wanted: Range[], limit: number): Promise<StoredEvent[]> {
    const rows = await this.readings.ranges(tenantId, { wanted, limit });
    return rows.map(storedEvent);
  }

  /** Erases at most so many rows of a deleted conversation; less than asked: nothing is left but the place of its deletion. */
  async erase(tx: Tx, conversationId: string, limit: number): Promise<number> {
    const [row] = await tx.sql<{ erased: number }>`
      SELECT timeline_erase_v1(${tx.tenantId}::uuid, ${conversationId}::uuid, ${limit}::int) AS erased`;
    return row?.erased ?? 0;
  }

  /** A page of messages by seq. It knows no membership: cut `low` and `high` to what may be seen. */
  async page(tenantId: string, conversationId: string, options: PageOptions): Promise<MessageView[]> {
    const rows = await this.db.hot.call(
      timelinePage,
      tenantId,
      conversationId,
      options.low,
      options.high,
      options.newestFirst,
      options.limit,
      options.threadRoot ?? null,
    );
    return rows.map(messageView);
  }

  async find(tenantId: string, conversationId: string, messageId: string): Promise<MessageView | null> {
    const [row] = await this.db.hot.call(timelineFind, tenantId, conversationId, messageId);
    return row === undefined ? null : messageView(row);
  }

  /** Where a message is, by its id alone. It knows no membership. */
  async locate(tenantId: string, messageId: string): Promise<{ conversationId: string; seq: number } | null> {
    const [row] = await this.db.hot.call(timelineLocate, tenantId, messageId);
    return row === undefined ? null : { conversationId: row.conversation_id, seq: row.seq };
  }

  /** What a user may see of these conversations; those it never was in are left out. */
  async access(tenantId: string, userId: string, conversationIds: string[]): Promise<Access[]> {
    const rows = await this.readings.access(tenantId, { userId, conversationIds });
    return rows.map((row) => ({
      conversationId: row.conversation_id,
      visibleFrom: row.visible_from,
      leftSeq: row.left_seq,
      role: row.role,
      lastSeq: row.last_seq,
    }));
  }

  /** Heads of the user's current conversations by id, after `after`, with what is unread there. */
  async heads(
    tenantId: string,
    userId: string,
    after: string | null,
    limit: number,
  ): Promise<ConversationHead[]> {
    const rows = await this.readings.heads(tenantId, { userId, after, limit });
    return rows.map((row) => ({
      conversationId: row.conversation_id,
      lastSeq: row.last_seq,
      visibleFrom: row.visible_from,
      readSeq: row.read_seq,
      unreadFromSeq: row.unread_from_seq,
      unread: row.unread,
      mentions: row.mentions,
      threadUnread: row.thread_unread,
      ownVersion: row.own_version,
    }));
  }

  /**
   * What was committed in any tenant since the last reading, whose `to` is the watermark, less an overlap of 15 s, who
   * was shut out, and whose blocks changed. Without a watermark it begins at the present.
   * @throws AppError `service.unavailable`
   */
  tail(watermark: number | null): AsyncGenerator<TailMessage, void> {
    return readTail(this.db, watermark);
  }

  /**
   * What is newest in the tail, for a fraction of its cost: almost all that was committed since `since`.
   * @throws AppError `service.unavailable`
   */
  glance(since: number): Promise<TailMessage> {
    return glanceAtTail(this.db, since);
  }

  /** Every current membership of these users. */
  async audience(tenantId: string, userIds: string[]): Promise<Membership[]> {
    const rows: AudienceRow[] = await this.db.hot.call(timelineAudience, tenantId, userIds);
    return rows.map((row) => ({
      userId: row.user_id,
      conversationId: row.conversation_id,
      visibleFrom: row.visible_from,
      lastSeq: row.last_seq,
    }));
  }
}
