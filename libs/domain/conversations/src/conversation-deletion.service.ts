import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { handlersOf } from '@parley/contracts/internal';
import { assertScope, type Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { recordAct } from '@parley/domain/audit';
import { assertAllowed, ConversationChanges, removeParticipants } from '@parley/domain/participants';
import { Timeline } from '@parley/domain/timeline';
import { canDelete } from './conversation.policy';
import { ConversationRepository } from './conversation.repository';

/** Participants that are taken out with the deletion itself: about 0.1 s. The worker takes out the others. */
const atOnce = 5_000;

/** Deletes conversations for all. */
@Injectable()
export class ConversationDeletionService {
  private readonly outbox = new OutboxAppend();

  constructor(
    private readonly changes: ConversationChanges,
    private readonly timeline: Timeline,
    private readonly repository: ConversationRepository,
  ) {}

  /**
   * Everybody is out at once (beyond 5,000 participants within seconds), and for each later request there is no such
   * conversation. Its title, subject and metadata are erased with it; its messages and all that belongs to them by the
   * worker, in pieces, within minutes.
   * @throws AppError `conversation.not_found`, `permission.denied`
   */
  async delete(actor: Actor, conversationId: string): Promise<void> {
    assertScope(actor, 'conversations');
    await this.changes.change(actor, conversationId, async (tx, { standing, rules }) => {
      assertAllowed(canDelete(standing, rules.kind));
      const events = await this.timeline.append(tx, conversationId, [
        { type: 'conversation.deleted', actor: actor.userId, data: { conversationId } },
      ]);
      await this.repository.end(tx, conversationId);
      await removeParticipants(tx, conversationId, atOnce);
      await recordAct(tx, actor, {
        action: 'conversation.delete',
        conversationId,
        details: { kind: rules.kind },
      });
      await this.leaveErasure(tx, conversationId);
      return { answer: undefined, events };
    });
  }

  private async leaveErasure(tx: Tx, conversationId: string): Promise<void> {
    const event = 'conversation.deleted';
    await this.outbox.append(tx, [{ id: uuidv7(), event, conversationId }], handlersOf(event));
  }
}
