import { Injectable } from '@nestjs/common';
import { AppError, type ConversationOpenResult } from '@parley/contracts/wire';
import { Timeline } from '@parley/domain/timeline';
import { LiveDelivery } from '../live/live-delivery';
import { OpenConversations } from '../live/open-conversations';
import { PresenceWatching } from '../presence/presence-watching';
import type { Session } from '../sessions/session';
import type { RequestHandlers } from './request-registry';

/** The requests about what is on a screen. They change no row. */
@Injectable()
export class ScreenRequests {
  constructor(
    private readonly live: LiveDelivery,
    private readonly timeline: Timeline,
    private readonly opened: OpenConversations,
    private readonly watching: PresenceWatching,
  ) {}

  handlers(): Pick<RequestHandlers, 'conversation.open' | 'conversation.close'> {
    return {
      'conversation.open': { handle: (session, { conversationId }) => this.open(session, conversationId) },
      'conversation.close': {
        handle: ({ connection }, { conversationId }) =>
          Promise.resolve({ closed: this.opened.close(connection, conversationId) }),
      },
    };
  }

  private async open(session: Session, conversationId: string): Promise<ConversationOpenResult> {
    await session.loaded;
    const { tenantId, userId } = session.actor;
    const lastSeq =
      this.live.headFor(tenantId, userId, conversationId) ?? (await this.lookUp(session, conversationId));
    if (lastSeq === undefined) throw new AppError('conversation.not_found');
    if (session.isOpen) {
      this.opened.open(session.connection, conversationId);
      void this.watching.opened(session.connection, conversationId);
    }
    return { conversationId, lastSeq };
  }

  /** For who became a member just now: its gateway may learn of that a moment later. */
  private async lookUp({ actor }: Session, conversationId: string): Promise<number | undefined> {
    const [access] = await this.timeline.access(actor.tenantId, actor.userId, [conversationId]);
    return access === undefined || access.leftSeq !== null ? undefined : access.lastSeq;
  }
}
