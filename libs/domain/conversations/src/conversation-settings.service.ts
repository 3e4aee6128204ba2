import { Injectable } from '@nestjs/common';
import type { UpdateConversationDto } from '@parley/contracts/dto';
import type { BusEvent } from '@parley/contracts/internal';
import type { ConversationView } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { recordAct } from '@parley/domain/audit';
import { ConversationViews } from '@parley/domain/inbox';
import { assertAllowed, ConversationChanges, type LockedConversation } from '@parley/domain/participants';
import { Timeline } from '@parley/domain/timeline';
import { planChange } from './conversation-change';
import { canConfigure } from './conversation.policy';
import { ConversationRepository } from './conversation.repository';

/** Changes what a conversation is and allows. */
@Injectable()
export class ConversationSettingsService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly timeline: Timeline,
    private readonly repository: ConversationRepository,
    private readonly views: ConversationViews,
  ) {}

  /**
   * What is absent stays, and what is so already is no change. One change for all that the request names.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `conversation.distinct_fixed`, `permission.denied`,
   * `request.invalid`
   */
  async update(
    actor: Actor,
    conversationId: string,
    input: UpdateConversationDto,
  ): Promise<ConversationView> {
    assertScope(actor, 'conversations');
    return this.changes.change(actor, conversationId, async (tx, locked) => {
      assertAllowed(canConfigure(locked.standing, locked.rules.kind));
      const events = await this.write(tx, actor, conversationId, locked, input);
      return { answer: await this.views.one(actor, conversationId, tx), events };
    });
  }

  private async write(
    tx: Tx,
    actor: Actor,
    conversationId: string,
    { rules: { kind } }: LockedConversation,
    input: UpdateConversationDto,
  ): Promise<BusEvent[]> {
    const { rules: before, distinct } = await this.repository.settings(tx, conversationId);
    const change = planChange(before, input, { kind, distinct });
    if (change === null) return [];
    const { rules, action, details } = change;
    await this.repository.update(tx, conversationId, rules);
    await recordAct(tx, actor, { action, conversationId, details });
    return this.timeline.append(tx, conversationId, [
      { type: 'conversation.updated', actor: actor.userId, data: rules },
    ]);
  }
}
