import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto } from '@parley/contracts/dto';
import { AppError, limits, type DraftUpdatedData, type DraftView, type Page } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { DraftRepository, type DraftRow } from './draft.repository';
import { InboxRepository, type Reader } from './inbox.repository';

const placeCursor = z.tuple([z.iso.datetime(), z.uuid()]);

/** Keeps what a user has begun to write, for all its devices. */
@Injectable()
export class DraftService {
  constructor(
    private readonly db: Db,
    private readonly drafts: DraftRepository,
    private readonly inbox: InboxRepository,
    private readonly publisher: Publisher,
  ) {}

  /** The last write wins, by server time. @throws AppError `actor.required`, `conversation.not_found` */
  async write(actor: Actor, conversationId: string, text: string): Promise<DraftView> {
    const reader = readerOf(actor, conversationId);
    const row = await this.db.tx(reader.tenantId, async (tx) => {
      await this.raise(tx, reader);
      return this.drafts.write(tx, reader, text);
    });
    const draft = draftView(row);
    this.tell(reader, row.updatedAt, draft);
    return draft;
  }

  /** Nothing happens where there is none. @throws AppError `actor.required`, `conversation.not_found` */
  async remove(actor: Actor, conversationId: string): Promise<void> {
    const reader = readerOf(actor, conversationId);
    const at = await this.db.tx(reader.tenantId, async (tx) => {
      await this.raise(tx, reader);
      return this.drafts.remove(tx, reader);
    });
    if (at !== undefined) this.tell(reader, at, null);
  }

  /** The last written first. @throws AppError `actor.required`, `cursor.invalid` */
  async list(actor: Actor, query: PageQueryDto): Promise<Page<DraftView>> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const [updatedAt, conversationId] = decodeCursor(query.cursor, placeCursor) ?? [];
    const after =
      updatedAt === undefined || conversationId === undefined ? null : { updatedAt, conversationId };
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, (tx) => this.drafts.list(tx, userId, after, limit + 1));
    return pageOf(rows.map(draftView), limit, (draft): z.infer<typeof placeCursor> => [
      draft.updatedAt,
      draft.conversationId,
    ]);
  }

  // It locks the participant: of two writes of one user the later one is told of with the later time.
  private async raise(tx: Tx, reader: Reader): Promise<void> {
    if (!(await this.inbox.raiseOwnVersion(tx, reader))) throw new AppError('conversation.not_found');
  }

  private tell({ tenantId, userId, conversationId }: Reader, at: Date, draft: DraftView | null): void {
    const data: DraftUpdatedData = { conversationId, draft };
    this.publisher.publishToUsers({
      tenantId,
      userIds: [userId],
      type: 'draft.updated',
      json: JSON.stringify({ type: 'draft.updated', at: at.toISOString(), data }),
    });
  }
}

function readerOf(actor: Actor, conversationId: string): Reader {
  assertScope(actor, 'messages');
  return { tenantId: actor.tenantId, userId: requireUser(actor), conversationId };
}

function draftView({ conversationId, text, updatedAt }: DraftRow): DraftView {
  return { conversationId, text, updatedAt: updatedAt.toISOString() };
}
