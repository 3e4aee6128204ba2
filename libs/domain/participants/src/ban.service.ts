import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { userIdPattern, type CreateBanDto, type PageQueryDto } from '@parley/contracts/dto';
import { AppError, limits, type BanView, type Page } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { recordAct } from '@parley/domain/audit';
import { BanRepository } from './ban.repository';
import { banEnd } from './ban-end';
import { ConversationAccess, type LockedConversation } from './conversation-access';
import { ConversationChanges, type Changed } from './conversation-changes';
import { assertAllowed, canBan, canSeeBans } from './participant.policy';
import { ParticipantWriter } from './participant.writer';

/** Keeps users out of a conversation. */
@Injectable()
export class BanService {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly changes: ConversationChanges,
    private readonly writer: ParticipantWriter,
    private readonly repository: BanRepository,
  ) {}

  /** Those that hold, by user. @throws AppError `conversation.not_found`, `permission.denied`, `cursor.invalid` */
  async list(actor: Actor, conversationId: string, query: PageQueryDto): Promise<Page<BanView>> {
    assertScope(actor, 'conversations');
    const after = decodeCursor(query.cursor, z.string().regex(userIdPattern));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, async (tx) => {
      const standing = await this.access.standing(tx, actor, conversationId);
      assertAllowed(canSeeBans(standing, await this.access.moderates(tx, actor)));
      return this.repository.list(tx, conversationId, after, limit + 1);
    });
    return pageOf(rows, limit, ({ userId }) => userId);
  }

  /**
   * Takes the user out, where it is in, and keeps it out until the end, or until the ban is lifted. A new ban takes the
   * place of the one before it.
   * @throws AppError `conversation.not_found`, `participant.direct_fixed`, `permission.denied`, `user.not_found`,
   * `request.invalid` for an end that has passed
   */
  async ban(
    actor: Actor,
    conversationId: string,
    input: CreateBanDto,
    once: Once = everyTime,
  ): Promise<BanView> {
    assertScope(actor, 'conversations');
    const act = (tx: Tx, locked: LockedConversation): Promise<Changed<BanView>> =>
      this.put(tx, actor, conversationId, locked, input);
    return this.changes.change(actor, conversationId, act, once);
  }

  /** @throws AppError `conversation.not_found`, `permission.denied`, `ban.not_found` */
  async lift(actor: Actor, conversationId: string, userId: string): Promise<void> {
    assertScope(actor, 'conversations');
    await this.changes.change(actor, conversationId, async (tx, { standing }) => {
      assertAllowed(canSeeBans(standing, await this.access.moderates(tx, actor)));
      if (!(await this.repository.lift(tx, conversationId, userId))) throw new AppError('ban.not_found');
      await recordAct(tx, actor, { action: 'ban.lift', target: userId, conversationId });
      return { answer: undefined, events: [] };
    });
  }

  private async put(
    tx: Tx,
    actor: Actor,
    conversationId: string,
    { head, standing, rules }: LockedConversation,
    { userId, reason = undefined, until: end }: CreateBanDto,
  ): Promise<Changed<BanView>> {
    if (rules.kind === 'direct') throw new AppError('participant.direct_fixed');
    const until = banEnd(end);
    const current = await this.writer.current(tx, conversationId, userId);
    const moderator = await this.access.moderates(tx, actor);
    const target = { self: actor.userId === userId, role: current?.role };
    assertAllowed(canBan(standing, moderator, target));
    if (current === undefined) await this.writer.assertUserExists(tx, userId);
    const ban = await this.repository.put(tx, actor, conversationId, {
      userId,
      reason: reason ?? null,
      until,
    });
    await this.repository.closeInvitation(tx, conversationId, userId);
    const details = { until: ban.until };
    await recordAct(tx, actor, { action: 'ban.create', target: userId, conversationId, reason, details });
    if (current === undefined) return { answer: ban, events: [] };
    const place = { conversationId, head, actor: actor.userId };
    const { events } = await this.writer.leave(tx, place, userId, 'banned');
    return { answer: ban, events };
  }
}
