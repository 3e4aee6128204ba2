import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { NewParticipantDto, PageQueryDto, UpdateParticipantDto } from '@parley/contracts/dto';
import {
  AppError,
  limits,
  type Page,
  type ParticipantRole,
  type ParticipantView,
} from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { recordAct } from '@parley/domain/audit';
import { ConversationAccess, type LockedConversation } from './conversation-access';
import { ConversationChanges, type Changed } from './conversation-changes';
import {
  assertAllowed,
  assertOwnerRemains,
  canAdd,
  canRemove,
  canUpdate,
  type Target,
} from './participant.policy';
import { ParticipantRepository, type ParticipantRow } from './participant.repository';
import { participantView } from './participant.view';
import { ParticipantWriter, type Written } from './participant.writer';

/** Brings people into conversations and out again. */
@Injectable()
export class ParticipantService {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly changes: ConversationChanges,
    private readonly writer: ParticipantWriter,
    private readonly repository: ParticipantRepository,
  ) {}

  /**
   * Adds users; who is in already stays as it is. Returns the memberships of all of them, in the order given.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `participant.direct_fixed`, `permission.denied`,
   * `participant.banned`, `request.invalid` naming unknown users
   */
  async add(
    actor: Actor,
    conversationId: string,
    participants: NewParticipantDto[],
    once: Once = everyTime,
  ): Promise<{ participants: ParticipantView[] }> {
    assertScope(actor, 'conversations');
    const wanted = participants.map(({ userId, role = 'member', label = null }) => ({ userId, role, label }));
    const userIds = wanted.map(({ userId }) => userId);
    const act = async (
      tx: Tx,
      locked: LockedConversation,
    ): Promise<Changed<{ participants: ParticipantView[] }>> => {
      assertAllowed(wanted.every(({ role }) => canAdd(locked.standing, role)));
      assertNotDirect(locked);
      if (locked.rules.status !== 'active') throw new AppError('conversation.closed');
      await this.writer.assertUsersExist(tx, userIds);
      await this.writer.assertNotBanned(tx, conversationId, userIds);
      const present = currentViews(await this.repository.find(tx, conversationId, userIds));
      const place = { conversationId, head: locked.head, actor: actor.userId };
      const joining = wanted.filter(({ userId }) => !present.has(userId));
      const events = await this.writer.join(tx, place, locked.rules.history, joining);
      const views = currentViews(await this.repository.find(tx, conversationId, userIds));
      return { answer: { participants: userIds.flatMap((userId) => views.get(userId) ?? []) }, events };
    };
    return this.changes.change(actor, conversationId, act, once);
  }

  /**
   * Removes a user, or leaves when it is the actor itself.
   * @throws AppError `conversation.not_found`, `participant.not_found` (also when already gone), `participant.direct_fixed`,
   * `participant.last_owner`, `permission.denied`
   */
  async remove(
    actor: Actor,
    conversationId: string,
    userId: string,
  ): Promise<{ participant: ParticipantView }> {
    assertScope(actor, 'conversations');
    return this.write(actor, conversationId, async (tx, locked) => {
      const row = await this.current(tx, conversationId, userId);
      assertAllowed(canRemove(locked.standing, targetOf(actor, row)));
      assertNotDirect(locked);
      if (row.role === 'owner') await this.assertOwnerRemains(tx, locked, conversationId, userId);
      if (actor.userId !== userId)
        await recordAct(tx, actor, { action: 'participant.remove', target: userId, conversationId });
      return this.writer.leave(tx, { conversationId, head: locked.head, actor: actor.userId }, userId);
    });
  }

  /**
   * Changes a participant's role or label; what is absent stays, and what is so already is no change.
   * @throws AppError `conversation.not_found`, `participant.not_found`, `participant.last_owner`, `permission.denied`
   */
  async update(
    actor: Actor,
    conversationId: string,
    userId: string,
    change: UpdateParticipantDto,
  ): Promise<{ participant: ParticipantView }> {
    assertScope(actor, 'conversations');
    return this.write(actor, conversationId, async (tx, locked) => {
      const row = await this.current(tx, conversationId, userId);
      assertAllowed(canUpdate(locked.standing, targetOf(actor, row), { role: change.role !== undefined }));
      const { role = row.role as ParticipantRole, label = row.label } = change;
      if (role === row.role && label === row.label) return { participant: participantView(row), events: [] };
      if (row.role === 'owner' && role !== 'owner') {
        await this.assertOwnerRemains(tx, locked, conversationId, userId);
      }
      if (role !== row.role) {
        const details = { role, before: row.role };
        await recordAct(tx, actor, {
          action: 'participant.set_role',
          target: userId,
          conversationId,
          details,
        });
      }
      const place = { conversationId, head: locked.head, actor: actor.userId };
      return this.writer.update(tx, place, userId, { role, label });
    });
  }

  /** Current participants by user id. @throws AppError `conversation.not_found`, `cursor.invalid` */
  async list(actor: Actor, conversationId: string, query: PageQueryDto): Promise<Page<ParticipantView>> {
    assertScope(actor, 'conversations');
    const after = decodeCursor(query.cursor, z.string());
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, async (tx) => {
      await this.access.standing(tx, actor, conversationId);
      return this.repository.list(tx, conversationId, after, limit + 1);
    });
    return pageOf(rows.map(participantView), limit, ({ userId }) => userId);
  }

  private write(
    actor: Actor,
    conversationId: string,
    change: (tx: Tx, locked: LockedConversation) => Promise<Written>,
  ): Promise<{ participant: ParticipantView }> {
    return this.changes.change(actor, conversationId, async (tx, locked) => {
      const { participant, events } = await change(tx, locked);
      return { answer: { participant }, events };
    });
  }

  private async current(tx: Tx, conversationId: string, userId: string): Promise<ParticipantRow> {
    const [row] = await this.repository.find(tx, conversationId, [userId]);
    if (row === undefined || row.leftSeq !== null) throw new AppError('participant.not_found');
    return row;
  }

  private async assertOwnerRemains(
    tx: Tx,
    { standing }: LockedConversation,
    conversationId: string,
    userId: string,
  ): Promise<void> {
    assertOwnerRemains(standing, await this.repository.others(tx, conversationId, userId));
  }
}

function targetOf(actor: Actor, { userId, role }: ParticipantRow): Target {
  return { self: actor.userId === userId, role: role as ParticipantRole };
}

function assertNotDirect({ rules }: LockedConversation): void {
  if (rules.kind === 'direct') throw new AppError('participant.direct_fixed');
}

function currentViews(rows: ParticipantRow[]): Map<string, ParticipantView> {
  return new Map(
    rows.filter(({ leftSeq }) => leftSeq === null).map((row) => [row.userId, participantView(row)]),
  );
}
