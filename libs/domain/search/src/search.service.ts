import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { MessageSearchQueryDto } from '@parley/contracts/dto';
import { limits, type Page, type SearchHit } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Timeline } from '@parley/domain/timeline';
import { searchMessages, type HitRow } from './search.functions';

const cursorSchema = z.tuple([z.number(), z.uuid()]);

/** Finds messages by their words. */
@Injectable()
export class SearchService {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
  ) {}

  /**
   * Messages of the caller's conversations, within what it may see of each, the best first and then the newest. A message
   * is found some moments after it was sent. A page may be short where a message was deleted meanwhile.
   * @throws AppError `actor.required`, `cursor.invalid`, `permission.denied`
   */
  async search(actor: Actor, query: MessageSearchQueryDto): Promise<Page<SearchHit>> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const { q, conversationId, limit = limits.pageDefaultItems } = query;
    const [rank, messageId] = decodeCursor(query.cursor, cursorSchema) ?? [null, null];
    const rows = await this.db.hot.call(
      searchMessages,
      actor.tenantId,
      userId,
      q,
      conversationId ?? null,
      rank,
      messageId,
      limit + 1,
    );
    const { data, page } = pageOf(rows, limit, (row): z.infer<typeof cursorSchema> => [
      row.rank,
      row.message_id,
    ]);
    return { data: await this.hits(actor.tenantId, data), page };
  }

  private async hits(tenantId: string, rows: HitRow[]): Promise<SearchHit[]> {
    const wanted = rows.map(({ conversation_id, seq }) => ({
      conversationId: conversation_id,
      from: seq,
      to: seq,
    }));
    const events = await this.timeline.ranges(tenantId, wanted, wanted.length);
    const ranks = new Map(rows.map((row) => [row.message_id, row.rank]));
    return events.flatMap((event) => {
      if (event.type !== 'message.created' || event.data.deletedAt !== null) return [];
      return [{ message: event.data, rank: ranks.get(event.data.id) ?? 0 }];
    });
  }
}
