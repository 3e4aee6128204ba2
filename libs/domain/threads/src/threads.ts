import { Injectable } from '@nestjs/common';
import { limits, type MessageView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { Publisher } from '@parley/platform/realtime';
import { ReactionReader } from '@parley/domain/reactions';
import { threadFollowerStates, threadStates } from './thread.functions';
import { threadState, threadSummary, threadUpdated, type Root } from './thread.view';

/** What threads do to messages that are read, and who is told of replies. */
@Injectable()
export class Threads {
  constructor(
    private readonly db: Db,
    private readonly reactions: ReactionReader,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Messages, also of different conversations, as the actor reads them: with their reactions, and roots with their threads.
   * Who is not, or no longer, in a conversation sees no thread's numbers there.
   */
  async shown(actor: Actor, messages: MessageView[]): Promise<MessageView[]> {
    const roots = messages.filter(({ threadRoot, kind }) => threadRoot === null && kind !== 'system');
    const [shown, rows] = await Promise.all([
      this.reactions.added(actor, messages),
      roots.length === 0
        ? []
        : this.db.hot.call(
            threadStates,
            actor.tenantId,
            actor.userId,
            roots.map(({ conversationId }) => conversationId),
            roots.map(({ seq }) => seq),
          ),
    ]);
    const threads = new Map(
      rows.map((row) => [`${row.conversation_id} ${row.root_seq}`, threadSummary(row)]),
    );
    return shown.map((message) => {
      const thread = threads.get(`${message.conversationId} ${message.seq}`) ?? null;
      return thread === null ? message : { ...message, thread };
    });
  }

  /**
   * Tells each follower of a thread how it stands now: best effort, after the commit, in threads of up to 50 followers.
   * `heads` recovers it. Never throws.
   */
  async tell(tenantId: string, root: Root): Promise<void> {
    const followers = await this.db.hot
      .call(threadFollowerStates, tenantId, root.conversationId, root.seq, limits.threadTellsMaxFollowers)
      .catch(() => []);
    for (const { user_id: userId, ...row } of followers)
      this.publisher.publishToUsers(
        threadUpdated(tenantId, userId, row.at, threadState(root, { ...row, following: true })),
      );
  }
}
