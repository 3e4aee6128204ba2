import { Injectable } from '@nestjs/common';
import { ConversationSettingsService } from '@parley/domain/conversations';
import { Limits } from '@parley/domain/limits';
import type { RequestHandlers } from './request-registry';

/** The requests about conversations themselves, one line each. */
@Injectable()
export class ConversationRequests {
  constructor(
    private readonly limits: Limits,
    private readonly settings: ConversationSettingsService,
  ) {}

  handlers(): Pick<RequestHandlers, 'conversation.update'> {
    const { limits, settings } = this;
    return {
      'conversation.update': {
        handle: ({ actor }, { conversationId, ...input }) =>
          limits.write(actor, () => settings.update(actor, conversationId, input)),
      },
    };
  }
}
