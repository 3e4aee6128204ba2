import { Injectable } from '@nestjs/common';
import { Limits } from '@parley/domain/limits';
import { PinService } from '@parley/domain/messages';
import { ReactionService } from '@parley/domain/reactions';
import type { RequestHandlers } from './request-registry';

/** The requests about what is put on messages, one line each. */
@Injectable()
export class MarkRequests {
  constructor(
    private readonly limits: Limits,
    private readonly reactions: ReactionService,
    private readonly pins: PinService,
  ) {}

  handlers(): Pick<RequestHandlers, 'reaction.add' | 'reaction.remove' | 'pin.add' | 'pin.remove'> {
    const { limits, reactions, pins } = this;
    return {
      'reaction.add': {
        handle: ({ actor }, { conversationId, messageId, key }) =>
          limits.write(actor, () => reactions.add(actor, conversationId, messageId, key)),
      },
      'reaction.remove': {
        handle: ({ actor }, { conversationId, messageId, key }) =>
          limits.write(actor, () => reactions.remove(actor, conversationId, messageId, key)),
      },
      'pin.add': {
        handle: ({ actor }, { conversationId, messageId }) =>
          limits.write(actor, () => pins.add(actor, conversationId, messageId)),
      },
      'pin.remove': {
        handle: ({ actor }, { conversationId, messageId }) =>
          limits.write(actor, () => pins.remove(actor, conversationId, messageId)),
      },
    };
  }
}
