import { Injectable } from '@nestjs/common';
import { Limits } from '@parley/domain/limits';
import { ThreadService } from '@parley/domain/threads';
import type { RequestHandlers } from './request-registry';

/** The requests about threads, one line each. */
@Injectable()
export class ThreadRequests {
  constructor(
    private readonly limits: Limits,
    private readonly threads: ThreadService,
  ) {}

  handlers(): Pick<RequestHandlers, 'thread.follow' | 'thread.unfollow' | 'thread.read'> {
    const { limits, threads } = this;
    return {
      'thread.follow': {
        handle: ({ actor }, { conversationId, messageId }) =>
          limits.write(actor, () => threads.follow(actor, conversationId, messageId, true)),
      },
      'thread.unfollow': {
        handle: ({ actor }, { conversationId, messageId }) =>
          limits.write(actor, () => threads.follow(actor, conversationId, messageId, false)),
      },
      'thread.read': {
        handle: ({ actor }, { conversationId, messageId, seq = null }) =>
          limits.write(actor, () => threads.read(actor, conversationId, messageId, seq)),
      },
    };
  }
}
