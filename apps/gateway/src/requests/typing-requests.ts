import { Injectable } from '@nestjs/common';
import { AppError, limits, type TypingStartResult } from '@parley/contracts/wire';
import { LiveDelivery } from '../live/live-delivery';
import { Typing } from '../live/typing';
import type { Session } from '../sessions/session';
import type { RequestHandlers } from './request-registry';
import { TypingLimit } from './typing-limit';

/** The requests about typing: no row is read or written for them. */
@Injectable()
export class TypingRequests {
  constructor(
    private readonly live: LiveDelivery,
    private readonly typing: Typing,
    private readonly limit: TypingLimit,
  ) {}

  handlers(): Pick<RequestHandlers, 'typing.start' | 'typing.stop'> {
    return {
      'typing.start': { handle: (session, { conversationId }) => this.start(session, conversationId) },
      'typing.stop': {
        handle: ({ connection }, { conversationId }) =>
          Promise.resolve({ stopped: this.typing.stop(connection, conversationId) }),
      },
    };
  }

  private async start(session: Session, conversationId: string): Promise<TypingStartResult> {
    await session.loaded;
    const { tenantId, userId } = session.actor;
    // Who became a member a moment ago is refused until its gateway has heard of that: the next start comes soon.
    if (this.live.headFor(tenantId, userId, conversationId) === undefined) {
      throw new AppError('conversation.not_found');
    }
    await this.limit.take(session, conversationId);
    if (session.isOpen) this.typing.start(session.connection, conversationId);
    return { expiresAfterMs: limits.typingTimeoutMs };
  }
}
