import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto } from '@parley/contracts/dto';
import type { UserEvent } from '@parley/contracts/internal';
import {
  AppError,
  limits,
  type Page,
  type ReaderView,
  type ReadState,
  type UnreadTotals,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Done, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess } from '@parley/domain/participants';
import { Timeline } from '@parley/domain/timeline';
import { messageReaders, unreadTotals } from './inbox.functions';
import { InboxRepository, type Reader } from './inbox.repository';
import { readState, readUpdated, totalsView } from './read.view';

/** Moves read markers, and tells who has read what. */
@Injectable()
export class ReadService {
  constructor(
    private readonly db: Db,
    private readonly repository: InboxRepository,
    private readonly access: ConversationAccess,
    private readonly timeline: Timeline,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Marks a conversation read up to `seq`, or up to its head of this moment; what was marked unread is so no longer. The
   * marker never falls, and a seq beyond the head means the head.
   * @throws AppError `actor.required`, `conversation.not_found`, for former participants too
   */
  async mark(
    actor: Actor,
    conversationId: string,
    seq: number | null,
    once: Once = everyTime,
  ): Promise<ReadState> {
    const reader = readerOf(actor, conversationId);
    return this.write(reader, once, async (tx) => {
      const row = await this.repository.markRead(reader, seq, tx);
      if (row === undefined) throw new AppError('conversation.not_found');
      return {
        answer: readState(conversationId, row),
        news: row.changed ? readUpdated(reader, row, row.others) : [],
      };
    });
  }

  /**
   * Marks a conversation unread from the message at `seq` on; the read marker stays. The next `mark` ends it.
   * @throws AppError `actor.required`, `conversation.not_found`, `message.not_found` where the caller sees no such place
   */
  async markUnread(
    actor: Actor,
    conversationId: string,
    seq: number,
    once: Once = everyTime,
  ): Promise<ReadState> {
    const reader = readerOf(actor, conversationId);
    return this.write(reader, once, async (tx) => {
      const row = await this.repository.markUnread(reader, seq, tx);
      if (row === undefined) throw new AppError('conversation.not_found');
      if (!row.visible) throw new AppError('message.not_found');
      return {
        answer: readState(conversationId, row),
        news: row.changed ? readUpdated(reader, row, null) : [],
      };
    });
  }

  /** What is unread in all of the caller's conversations together. @throws AppError `actor.required` */
  async totals(actor: Actor): Promise<UnreadTotals> {
    assertScope(actor, 'messages');
    const [row] = await this.db.hot.call(unreadTotals, actor.tenantId, requireUser(actor));
    if (row === undefined) throw new RangeError('totals have no row');
    return totalsView(row);
  }

  /**
   * Who has read a message, by user id: current participants who were there when it came, but for its sender.
   * @throws AppError `conversation.not_found`, `message.not_found`, `cursor.invalid`
   */
  async readers(
    actor: Actor,
    conversationId: string,
    messageId: string,
    query: PageQueryDto,
  ): Promise<Page<ReaderView>> {
    assertScope(actor, 'messages');
    const { tenantId } = actor;
    const after = decodeCursor(query.cursor, z.string());
    const limit = query.limit ?? limits.pageDefaultItems;
    const visible = await this.access.visibleSeqs(actor, conversationId);
    const message = await this.timeline.find(tenantId, conversationId, messageId);
    if (message === null || message.seq < visible.from || message.seq > visible.to) {
      throw new AppError('message.not_found');
    }
    const rows = await this.db.hot.call(
      messageReaders,
      tenantId,
      conversationId,
      message.seq,
      after,
      limit + 1,
    );
    const readers = rows.map(({ user_id, read_seq }) => ({ userId: user_id, readSeq: read_seq }));
    return pageOf(readers, limit, ({ userId }) => userId);
  }

  // A request under a key has its effect in the transaction that keeps its answer; others need none.
  private async write(
    { tenantId }: Reader,
    once: Once,
    work: (tx: Tx | null) => Promise<Done<ReadState, UserEvent[]>>,
  ): Promise<ReadState> {
    const { answer, news } =
      once === everyTime
        ? await work(null)
        : await this.db.tx(tenantId, (tx) => once.run(tx, () => work(tx)));
    for (const event of news ?? []) this.publisher.publishToUsers(event);
    return answer;
  }
}

function readerOf(actor: Actor, conversationId: string): Reader {
  assertScope(actor, 'messages');
  return { tenantId: actor.tenantId, userId: requireUser(actor), conversationId };
}
