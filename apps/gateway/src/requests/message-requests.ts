import { Injectable } from '@nestjs/common';
import { Limits } from '@parley/domain/limits';
import { MessageChangeService, MessageService, SendCount } from '@parley/domain/messages';
import type { RequestHandlers } from './request-registry';

/** The requests about messages, one line each. */
@Injectable()
export class MessageRequests {
  constructor(
    private readonly limits: Limits,
    private readonly messages: MessageService,
    private readonly changes: MessageChangeService,
    private readonly sends: SendCount,
  ) {}

  handlers(): Pick<RequestHandlers, 'message.send' | 'message.edit' | 'message.delete'> {
    const { limits, messages, changes, sends } = this;
    return {
      'message.send': {
        handle: ({ actor }, input) =>
          sends.count(() => {
            messages.assertRoom(input.conversationId);
            return limits.send(actor, () => messages.send(actor, input.conversationId, input));
          }),
      },
      'message.edit': {
        handle: ({ actor }, { conversationId, messageId, ...input }) =>
          limits.write(actor, () => changes.edit(actor, conversationId, messageId, input)),
      },
      'message.delete': {
        handle: ({ actor }, { conversationId, messageId }) =>
          limits.write(actor, () => changes.delete(actor, conversationId, messageId)),
      },
    };
  }
}
