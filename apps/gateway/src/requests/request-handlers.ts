import type { Clock } from '@parley/platform/clock';
import type { ReadService } from '@parley/domain/inbox';
import type { ParticipantService } from '@parley/domain/participants';
import type { SyncService } from '@parley/domain/sync';
import type { AuthRequests } from './auth-requests';
import type { LiveRequests } from './live-requests';
import type { MarkRequests } from './mark-requests';
import type { MessageRequests } from './message-requests';
import type { RequestHandlers } from './request-registry';

export interface RequestServices {
  messages: MessageRequests;
  marks: MarkRequests;
  live: LiveRequests;
  auth: AuthRequests;
  reads: ReadService;
  participants: ParticipantService;
  sync: SyncService;
  clock: Clock;
}

/** Every request of the protocol, one line each. */
export function requestHandlers({
  messages,
  marks,
  live,
  auth,
  reads,
  participants,
  sync,
  clock,
}: RequestServices): RequestHandlers {
  return {
    ...messages.handlers(),
    ...marks.handlers(),
    ...live.handlers(),
    ...auth.handlers(),
    'participant.add': {
      handle: ({ actor }, input) => participants.add(actor, input.conversationId, input.participants),
    },
    'participant.remove': {
      handle: ({ actor }, input) => participants.remove(actor, input.conversationId, input.userId),
    },
    'read.mark': {
      handle: ({ actor }, { conversationId, seq = null }) => reads.mark(actor, conversationId, seq),
    },
    // What these two answer and what arrives live must join without a gap: they wait until the audience is loaded.
    heads: {
      handle: async (session, input) => {
        await session.loaded;
        return sync.heads(session.actor, input);
      },
    },
    sync: {
      handle: async (session, input) => {
        await session.loaded;
        return sync.sync(session.actor, input);
      },
    },
    ping: {
      handle: () => Promise.resolve({ serverTime: clock.now().toISOString() }),
    },
  };
}
