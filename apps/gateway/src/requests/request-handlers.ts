import type { Clock } from '@parley/platform/clock';
import type { SyncService } from '@parley/domain/sync';
import type { MarkRequests } from './mark-requests';
import type { MessageRequests } from './message-requests';
import type { ParticipantRequests } from './participant-requests';
import type { RequestHandlers } from './request-registry';
import type { ThreadRequests } from './thread-requests';

export interface RequestServices {
  messages: MessageRequests;
  marks: MarkRequests;
  threads: ThreadRequests;
  participants: ParticipantRequests;
  sync: SyncService;
  clock: Clock;
}

/** Every request of the protocol, one line each. */
export function requestHandlers({
  messages,
  marks,
  threads,
  participants,
  sync,
  clock,
}: RequestServices): RequestHandlers {
  return {
    ...messages.handlers(),
    ...marks.handlers(),
    ...threads.handlers(),
    ...participants.handlers(),
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
