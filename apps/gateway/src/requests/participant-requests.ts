import { Injectable } from '@nestjs/common';
import { ReadService } from '@parley/domain/inbox';
import { Limits } from '@parley/domain/limits';
import { ParticipantService } from '@parley/domain/participants';
import type { RequestHandlers } from './request-registry';

/** The requests about who takes part, and how far it has read, one line each. */
@Injectable()
export class ParticipantRequests {
  constructor(
    private readonly limits: Limits,
    private readonly participants: ParticipantService,
    private readonly reads: ReadService,
  ) {}

  handlers(): Pick<RequestHandlers, 'participant.add' | 'participant.remove' | 'read.mark'> {
    const { limits, participants, reads } = this;
    return {
      'participant.add': {
        handle: ({ actor }, input) =>
          limits.write(actor, () => participants.add(actor, input.conversationId, input.participants)),
      },
      'participant.remove': {
        handle: ({ actor }, input) =>
          limits.write(actor, () => participants.remove(actor, input.conversationId, input.userId)),
      },
      'read.mark': {
        handle: ({ actor }, { conversationId, seq = null }) =>
          limits.write(actor, () => reads.mark(actor, conversationId, seq)),
      },
    };
  }
}
