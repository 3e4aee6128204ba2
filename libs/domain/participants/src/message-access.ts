import { Injectable } from '@nestjs/common';
import { AppError, type MessageView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { Timeline } from '@parley/domain/timeline';
import { ConversationAccess, type LockedConversation } from './conversation-access';
import { ConversationChanges, type Changed } from './conversation-changes';

/** A message in its conversation, under the lock. */
export interface LockedMessage extends LockedConversation {
  message: MessageView;
}

/** The one way to change something about a message, and to read what belongs to one. */
@Injectable()
export class MessageAccess {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly access: ConversationAccess,
    private readonly changes: ConversationChanges,
  ) {}

  /**
   * Locks the conversation, finds the message, lets `act` decide and write, and publishes after the commit.
   * @throws AppError `conversation.not_found`, `message.not_found`, `conversation.busy`; whatever `act` throws
   */
  change<T>(
    actor: Actor,
    conversationId: string,
    messageId: string,
    act: (tx: Tx, locked: LockedMessage) => Promise<Changed<T>>,
  ): Promise<T> {
    return this.changes.change(actor, conversationId, async (tx, locked) => {
      const message = await this.timeline.findIn(tx, conversationId, messageId);
      if (message === null || message.seq < locked.visible.from) throw new AppError('message.not_found');
      return act(tx, { ...locked, message });
    });
  }

  /**
   * Runs `read` for a message that the actor may see, former participants up to their leaving.
   * @throws AppError `conversation.not_found`, `message.not_found`; whatever `read` throws
   */
  async read<T>(
    actor: Actor,
    conversationId: string,
    messageId: string,
    read: (tx: Tx, message: MessageView) => Promise<T>,
  ): Promise<T> {
    const visible = await this.access.visibleSeqs(actor, conversationId);
    return this.db.tx(actor.tenantId, async (tx) => {
      const message = await this.timeline.findIn(tx, conversationId, messageId);
      if (message === null || message.seq < visible.from || message.seq > visible.to)
        throw new AppError('message.not_found');
      return read(tx, message);
    });
  }
}

/**
 * What is closed or deleted takes no more reactions, pins or edits, nor do two of whom one blocks the other.
 * @throws AppError `message.deleted`, `conversation.closed`, `user.blocked`
 */
export function assertChangeable({ message, rules }: LockedMessage): void {
  if (message.deletedAt !== null) throw new AppError('message.deleted');
  if (rules.status !== 'active') throw new AppError('conversation.closed');
  if (rules.blocked) throw new AppError('user.blocked');
}
