import { Injectable } from '@nestjs/common';
import { AppError, type ParticipantRole, type ParticipantView } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { ConversationChanges, type Changed } from './conversation-changes';
import type { OpenConversation } from './conversation-access';
import { InvitationRepository } from './invitation.repository';
import { ParticipantWriter } from './participant.writer';

type Joined = { participant: ParticipantView };

/** Lets users in by their own will: because they were invited, or because anybody may. */
@Injectable()
export class JoinService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly writer: ParticipantWriter,
    private readonly invitations: InvitationRepository,
  ) {}

  /**
   * Joins a conversation of visibility `tenant` as a member; who is in already stays as it is.
   * @throws AppError `conversation.not_found`, also where it is private; `conversation.closed`, `participant.banned`,
   * `actor.required`
   */
  async join(actor: Actor, conversationId: string, once: Once = everyTime): Promise<Joined> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const act = (tx: Tx, place: OpenConversation): Promise<Changed<Joined>> => {
      if (place.rules.visibility !== 'tenant') throw new AppError('conversation.not_found');
      return this.letIn(tx, conversationId, place, { userId, role: 'member' });
    };
    return this.changes.enter(actor, conversationId, act, once);
  }

  /**
   * Takes part as the open invitation says.
   * @throws AppError `invitation.not_found`, `conversation.closed`, `participant.banned`, `actor.required`
   */
  async accept(actor: Actor, conversationId: string, once: Once = everyTime): Promise<Joined> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const act = async (tx: Tx, place: OpenConversation): Promise<Changed<Joined>> => {
      const invitation = await this.invitations.find(tx, conversationId, userId);
      if (invitation === null) throw new AppError('invitation.not_found');
      return this.letIn(tx, conversationId, place, { userId, role: invitation.role });
    };
    try {
      return await this.changes.enter(actor, conversationId, act, once);
    } catch (error) {
      // Whether there is such a conversation is not this user's to know.
      if (error instanceof AppError && error.code === 'conversation.not_found')
        throw new AppError('invitation.not_found');
      throw error;
    }
  }

  private async letIn(
    tx: Tx,
    conversationId: string,
    { head, rules }: OpenConversation,
    { userId, role }: { userId: string; role: ParticipantRole },
  ): Promise<Changed<Joined>> {
    await this.writer.assertNotBanned(tx, conversationId, [userId]);
    await this.invitations.remove(tx, conversationId, userId);
    const known = await this.writer.current(tx, conversationId, userId);
    if (known !== undefined) return { answer: { participant: known }, events: [] };
    if (rules.status !== 'active') throw new AppError('conversation.closed');
    const place = { conversationId, head, actor: userId };
    const events = await this.writer.join(tx, place, rules.history, [{ userId, role, label: null }]);
    const participant = await this.writer.current(tx, conversationId, userId);
    if (participant === undefined) throw new RangeError('who joined is not there');
    return { answer: { participant }, events };
  }
}
