import { Injectable } from '@nestjs/common';
import { AppError, limits, type ConversationOpenResult } from '@parley/contracts/wire';
import { Timeline } from '@parley/domain/timeline';
import { LiveDelivery } from '../live/live-delivery';
import { OpenConversations } from '../live/open-conversations';
import { Typing } from '../live/typing';
import type { Session } from '../sessions/session';
import type { RequestHandlers } from './request-registry';
import { TypingLimit } from './typing-limit';

type Handlers = Pick<
  RequestHandlers,
  'conversation.open' | 'conversation.close' | 'typing.start' | 'typing.stop'
>;

/** The requests about what is on a screen just now. They ask the audience index, and change no row. */
@Injectable()
export class LiveRequests {
  constructor(
    private readonly live: LiveDelivery,
    private readonly timeline: Timeline,
    private readonly opened: OpenConversations,
    private readonly typing: Typing,
    private readonly typingLimit: TypingLimit,
  ) {}

  handlers(): Handlers {
    return {
      'conversation.open': { handle: (session, { conversationId }) => this.open(session, conversationId) },
      'conversation.close': {
        handle: ({ connection }, { conversationId }) =>
          Promise.resolve({ closed: this.opened.close(connection, conversationId) }),
      },
      'typing.start': {
        handle: async (session, { conversationId }) => {
          await session.loaded;
          this.assertMember(session, conversationId);
          await this.typingLimit.take(session, conversationId);
          if (session.isOpen) this.typing.start(session.connection, conversationId);
          return { expiresAfterMs: limits.typingTimeoutMs };
        },
      },
      'typing.stop': {
        handle: ({ connection }, { conversationId }) =>
          Promise.resolve({ stopped: this.typing.stop(connection, conversationId) }),
      },
    };
  }

  private async open(session: Session, conversationId: string): Promise<ConversationOpenResult> {
    await session.loaded;
    const lastSeq = this.headFor(session, conversationId) ?? (await this.lookUp(session, conversationId));
    if (lastSeq === undefined) throw new AppError('conversation.not_found');
    if (session.isOpen) this.opened.open(session.connection, conversationId);
    return { conversationId, lastSeq };
  }

  /** For who became a member just now: its gateway may learn of that a moment later. */
  private async lookUp({ actor }: Session, conversationId: string): Promise<number | undefined> {
    const [access] = await this.timeline.access(actor.tenantId, actor.userId, [conversationId]);
    return access === undefined || access.leftSeq !== null ? undefined : access.lastSeq;
  }

  private assertMember(session: Session, conversationId: string): void {
    if (this.headFor(session, conversationId) === undefined) throw new AppError('conversation.not_found');
  }

  private headFor({ actor }: Session, conversationId: string): number | undefined {
    return this.live.headFor(actor.tenantId, actor.userId, conversationId);
  }
}
