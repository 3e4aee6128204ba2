import { Injectable } from '@nestjs/common';
import { AppError, type ParticipantView } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { recordAct } from '@parley/domain/audit';
import { ConversationChanges, type Changed } from './conversation-changes';
import type { LockedConversation } from './conversation-access';
import { assertAllowed, canTransfer } from './participant.policy';
import { ParticipantRepository } from './participant.repository';
import { ParticipantWriter } from './participant.writer';

/** Hands a conversation over, and lets a participant forget its own history. */
@Injectable()
export class OwnershipService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly writer: ParticipantWriter,
    private readonly repository: ParticipantRepository,
  ) {}

  /**
   * Makes a participant owner and the owner that asks an admin, at once; a server key that acts for nobody makes admins of
   * all other owners. Answers with everybody whose role changed.
   * @throws AppError `conversation.not_found`, `participant.not_found`, `participant.direct_fixed`, `permission.denied`
   */
  async transfer(
    actor: Actor,
    conversationId: string,
    userId: string,
    once: Once = everyTime,
  ): Promise<{ participants: ParticipantView[] }> {
    assertScope(actor, 'conversations');
    const act = (tx: Tx, locked: LockedConversation) =>
      this.handOver(tx, actor, conversationId, userId, locked);
    return this.changes.change(actor, conversationId, act, once);
  }

  /**
   * From now on the caller sees nothing of what was before; nobody else is told.
   * @throws AppError `conversation.not_found`, `actor.required`
   */
  async resetHistory(
    actor: Actor,
    conversationId: string,
    once: Once = everyTime,
  ): Promise<{ participant: ParticipantView }> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const act = async (
      tx: Tx,
      { head }: LockedConversation,
    ): Promise<Changed<{ participant: ParticipantView }>> => {
      const place = { conversationId, head, actor: userId };
      const { participant, events } = await this.writer.resetHistory(tx, place, userId);
      return { answer: { participant }, events };
    };
    return this.changes.change(actor, conversationId, act, once);
  }

  private async handOver(
    tx: Tx,
    actor: Actor,
    conversationId: string,
    userId: string,
    { head, standing, rules }: LockedConversation,
  ): Promise<Changed<{ participants: ParticipantView[] }>> {
    assertAllowed(canTransfer(standing));
    if (rules.kind === 'direct') throw new AppError('participant.direct_fixed');
    const [target] = await this.repository.find(tx, conversationId, [userId]);
    if (target === undefined || target.leftSeq !== null) throw new AppError('participant.not_found');
    const owners = await this.repository.owners(tx, conversationId);
    const from = owners
      .map((owner) => owner.userId)
      .filter((owner) => owner !== userId && (actor.userId === null || owner === actor.userId));
    const roles = [
      ...(target.role === 'owner' ? [] : [{ userId, role: 'owner' as const }]),
      ...from.map((owner) => ({ userId: owner, role: 'admin' as const })),
    ];
    if (roles.length > 0) {
      await recordAct(tx, actor, {
        action: 'conversation.transfer',
        target: userId,
        conversationId,
        details: { from: from.slice(0, 20) },
      });
    }
    const place = { conversationId, head, actor: actor.userId };
    const { participants, events } = await this.writer.setRoles(tx, place, roles);
    return { answer: { participants }, events };
  }
}
