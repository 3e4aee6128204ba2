import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto, ThreadPageQueryDto } from '@parley/contracts/dto';
import { limits, type Page, type ReplierView, type ThreadView } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { ConversationAccess, MessageAccess } from '@parley/domain/participants';
import { conversationThreads, threadPlaces, threadRepliers } from './thread.functions';
import { replierView } from './thread.view';
import { ThreadViews } from './thread-views';

const activityCursor = z.tuple([z.iso.datetime(), z.uuid(), z.int().min(1)]);

/** Lists threads, and who is in one. */
@Injectable()
export class ThreadListService {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly messages: MessageAccess,
    private readonly views: ThreadViews,
  ) {}

  /** The threads that the caller follows, the last active first. @throws AppError `actor.required`, `cursor.invalid` */
  async followed(actor: Actor, query: ThreadPageQueryDto): Promise<Page<ThreadView>> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const limit = query.limit ?? limits.pageDefaultItems;
    const [afterAt, afterConversation, afterRoot] = decodeCursor(query.cursor, activityCursor) ?? [];
    const places = await this.db.hot.call(
      threadPlaces,
      actor.tenantId,
      userId,
      query.unread === undefined ? null : query.unread === 'true',
      afterAt ?? null,
      afterConversation ?? null,
      afterRoot ?? null,
      limit + 1,
    );
    const { data, page } = pageOf(places, limit, (row) => [
      row.at.toISOString(),
      row.conversation_id,
      row.root_seq,
    ]);
    const roots = data.map((row) => ({ conversationId: row.conversation_id, seq: row.root_seq }));
    return { data: await this.views.of(actor, roots), page };
  }

  /**
   * A conversation's threads that have replies, the newest root first.
   * @throws AppError `conversation.not_found`, for former participants too, `cursor.invalid`
   */
  async list(actor: Actor, conversationId: string, query: PageQueryDto): Promise<Page<ThreadView>> {
    const visible = await this.current(actor, conversationId);
    const before = decodeCursor(query.cursor, z.int().min(1));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.hot.call(
      conversationThreads,
      actor.tenantId,
      conversationId,
      visible.from,
      before === null ? Number.MAX_SAFE_INTEGER : before - 1,
      limit + 1,
    );
    const { data, page } = pageOf(rows, limit, ({ root_seq: seq }) => seq);
    return {
      data: await this.views.of(
        actor,
        data.map(({ root_seq: seq }) => ({ conversationId, seq })),
      ),
      page,
    };
  }

  /**
   * Who has replied in a thread, by user id.
   * @throws AppError `conversation.not_found`, for former participants too, `message.not_found`, `cursor.invalid`
   */
  async repliers(
    actor: Actor,
    conversationId: string,
    messageId: string,
    query: PageQueryDto,
  ): Promise<Page<ReplierView>> {
    await this.current(actor, conversationId);
    const after = decodeCursor(query.cursor, z.string());
    const limit = query.limit ?? limits.pageDefaultItems;
    const { seq } = await this.messages.read(actor, conversationId, messageId, (_, message) =>
      Promise.resolve(message),
    );
    const rows = await this.db.hot.call(
      threadRepliers,
      actor.tenantId,
      conversationId,
      seq,
      after,
      limit + 1,
    );
    return pageOf(rows.map(replierView), limit, ({ userId }) => userId);
  }

  private async current(actor: Actor, conversationId: string): Promise<{ from: number }> {
    assertScope(actor, 'messages');
    const visible = await this.access.visibleSeqs(actor, conversationId);
    await this.db.tx(actor.tenantId, (tx) => this.access.standing(tx, actor, conversationId));
    return visible;
  }
}
