import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { userIdPattern, type CreateInvitationDto, type PageQueryDto } from '@parley/contracts/dto';
import { AppError, limits, type InvitationView, type Page } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess, type LockedConversation } from './conversation-access';
import { InvitationRepository } from './invitation.repository';
import { assertAllowed, canAdd } from './participant.policy';
import { ParticipantWriter } from './participant.writer';

/** Asks users to take part, for those who run a conversation. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly writer: ParticipantWriter,
    private readonly repository: InvitationRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Who may add may invite. A new invitation takes the place of the one before it; the invited user alone is told.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `participant.direct_fixed`, `participant.present`,
   * `participant.banned`, `user.not_found`, `permission.denied`
   */
  async invite(
    actor: Actor,
    conversationId: string,
    input: CreateInvitationDto,
    once: Once = everyTime,
  ): Promise<InvitationView> {
    assertScope(actor, 'conversations');
    const { answer, news } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, async () => {
        const locked = await this.access.lock(tx, actor, conversationId);
        const invitation = await this.put(tx, actor, conversationId, locked, input);
        return { answer: invitation, news: invitation };
      }),
    );
    if (news !== null) this.tell(actor.tenantId, news.userId, conversationId, news);
    return answer;
  }

  /** Those that are open, by user. @throws AppError `conversation.not_found`, `permission.denied`, `cursor.invalid` */
  async listOf(actor: Actor, conversationId: string, query: PageQueryDto): Promise<Page<InvitationView>> {
    assertScope(actor, 'conversations');
    const after = decodeCursor(query.cursor, z.string().regex(userIdPattern));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, async (tx) => {
      assertAllowed(canAdd(await this.access.standing(tx, actor, conversationId), 'guest'));
      return this.repository.listOf(tx, conversationId, after, limit + 1);
    });
    return pageOf(rows, limit, ({ userId }) => userId);
  }

  /** The caller's own that are open, by conversation. @throws AppError `actor.required`, `cursor.invalid` */
  async list(actor: Actor, query: PageQueryDto): Promise<Page<InvitationView>> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const after = decodeCursor(query.cursor, z.uuid());
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, (tx) =>
      this.repository.listFor(tx, userId, after, limit + 1),
    );
    return pageOf(rows, limit, ({ conversationId }) => conversationId);
  }

  /** @throws AppError `conversation.not_found`, `permission.denied`, `invitation.not_found` */
  async revoke(actor: Actor, conversationId: string, userId: string): Promise<void> {
    assertScope(actor, 'conversations');
    await this.db.tx(actor.tenantId, async (tx) => {
      const { standing } = await this.access.lock(tx, actor, conversationId);
      const invitation = await this.repository.find(tx, conversationId, userId);
      if (invitation === null) {
        assertAllowed(canAdd(standing, 'guest'));
        throw new AppError('invitation.not_found');
      }
      assertAllowed(canAdd(standing, invitation.role));
      await this.repository.remove(tx, conversationId, userId);
    });
    this.tell(actor.tenantId, userId, conversationId, null);
  }

  /** The caller does not want to. @throws AppError `invitation.not_found`, `actor.required` */
  async decline(actor: Actor, conversationId: string): Promise<void> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const open = await this.db.tx(actor.tenantId, (tx) => this.repository.remove(tx, conversationId, userId));
    if (!open) throw new AppError('invitation.not_found');
    this.tell(actor.tenantId, userId, conversationId, null);
  }

  private async put(
    tx: Tx,
    actor: Actor,
    conversationId: string,
    { standing, rules }: LockedConversation,
    { userId, role = 'member', expiresInSeconds = limits.invitationDefaultSeconds }: CreateInvitationDto,
  ): Promise<InvitationView> {
    assertAllowed(canAdd(standing, role));
    if (rules.kind === 'direct') throw new AppError('participant.direct_fixed');
    if (rules.status !== 'active') throw new AppError('conversation.closed');
    await this.writer.assertUserExists(tx, userId);
    await this.writer.assertNotBanned(tx, conversationId, [userId]);
    if ((await this.writer.current(tx, conversationId, userId)) !== undefined)
      throw new AppError('participant.present');
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1_000);
    return this.repository.put(tx, conversationId, { userId, role, invitedBy: actor.userId, expiresAt });
  }

  private tell(
    tenantId: string,
    userId: string,
    conversationId: string,
    invitation: InvitationView | null,
  ): void {
    const type = 'invitation.updated';
    const data = { conversationId, invitation };
    const json = JSON.stringify({ type, at: new Date().toISOString(), data });
    this.publisher.publishToUsers({ tenantId, userIds: [userId], type, json });
  }
}
