import { Injectable } from '@nestjs/common';
import type { UserEvent } from '@parley/contracts/internal';
import { AppError, type MessageView, type ThreadState } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { everyTime, type Done, type Once } from '@parley/platform/idempotency';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess, MessageAccess } from '@parley/domain/participants';
import { ThreadRepository } from './thread.repository';
import { threadState, threadUpdated } from './thread.view';

/** Follows threads and reads them. */
@Injectable()
export class ThreadService {
  constructor(
    private readonly access: ConversationAccess,
    private readonly messages: MessageAccess,
    private readonly repository: ThreadRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Follows a thread, also one that has no reply yet, or follows it no longer. Who begins to follow has read what is there.
   * @throws AppError `actor.required`, `conversation.not_found`, for former participants too, `message.not_found`,
   * `thread.not_root`
   */
  follow(actor: Actor, conversationId: string, messageId: string, following: boolean): Promise<ThreadState> {
    return this.change(actor, conversationId, messageId, everyTime, (tx, userId, root) =>
      this.repository.follow(tx, userId, root, following),
    );
  }

  /**
   * Marks a followed thread read up to `seq`, or up to its newest reply. The marker never falls; a seq beyond the newest
   * reply means that reply. Nothing happens where the caller does not follow.
   * @throws AppError the same as `follow`
   */
  read(
    actor: Actor,
    conversationId: string,
    messageId: string,
    seq: number | null,
    once: Once = everyTime,
  ): Promise<ThreadState> {
    return this.change(actor, conversationId, messageId, once, (tx, userId, root) =>
      this.repository.read(tx, userId, root, seq),
    );
  }

  private async change(
    actor: Actor,
    conversationId: string,
    messageId: string,
    once: Once,
    write: (tx: Tx, userId: string, root: MessageView) => Promise<boolean>,
  ): Promise<ThreadState> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const { answer, news } = await this.messages.read(actor, conversationId, messageId, async (tx, root) => {
      await this.access.standing(tx, actor, conversationId);
      if (root.threadRoot !== null) throw new AppError('thread.not_root');
      return once.run(tx, async (): Promise<Done<ThreadState, UserEvent[]>> => {
        const changed = await write(tx, userId, root);
        const row = await this.repository.state(tx, userId, root);
        const state = threadState(root, row);
        const told = changed && row !== undefined;
        return { answer: state, news: told ? [threadUpdated(actor.tenantId, userId, row.at, state)] : [] };
      });
    });
    for (const event of news ?? []) this.publisher.publishToUsers(event);
    return answer;
  }
}
