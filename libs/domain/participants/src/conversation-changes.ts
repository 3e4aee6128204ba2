import { Injectable } from '@nestjs/common';
import type { BusEvent } from '@parley/contracts/internal';
import type { Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess, type LockedConversation, type OpenConversation } from './conversation-access';

/** What a change answers, and the events to publish after the commit; none where nothing changed. */
export interface Changed<T> {
  answer: T;
  events: BusEvent[];
}

/** The one way to change something about a conversation: lock, decide, write, publish after the commit. */
@Injectable()
export class ConversationChanges {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Locks the conversation, lets `act` decide and write, and publishes after the commit.
   * @throws AppError `conversation.not_found`, `conversation.busy`; whatever `act` throws
   */
  change<T>(
    actor: Actor,
    conversationId: string,
    act: (tx: Tx, locked: LockedConversation) => Promise<Changed<T>>,
    once: Once = everyTime,
  ): Promise<T> {
    return this.write(actor, async (tx) => act(tx, await this.access.lock(tx, actor, conversationId)), once);
  }

  /**
   * The same for an actor that need not be in the conversation: `act` decides whether it may see it.
   * @throws AppError as `change`
   */
  enter<T>(
    actor: Actor,
    conversationId: string,
    act: (tx: Tx, place: OpenConversation) => Promise<Changed<T>>,
    once: Once = everyTime,
  ): Promise<T> {
    return this.write(actor, async (tx) => act(tx, await this.access.lockOpen(tx, conversationId)), once);
  }

  private async write<T>(actor: Actor, work: (tx: Tx) => Promise<Changed<T>>, once: Once): Promise<T> {
    const { answer, news } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, async () => {
        const changed = await work(tx);
        return { answer: changed.answer, news: changed.events };
      }),
    );
    if (news !== null) this.publisher.publish(news);
    return answer;
  }
}
