import type { Clock } from '@parley/platform/clock';
import type { ReadService } from '@parley/domain/inbox';
import type { ParticipantService } from '@parley/domain/participants';
import type { SyncService } from '@parley/domain/sync';
import type { AuthRequests } from './auth-requests';
import type { MarkRequests } from './mark-requests';
import type { MessageRequests } from './message-requests';
import type { PresenceRequests } from './presence-requests';
import type { RequestHandlers } from './request-registry';
import type { ScreenRequests } from './screen-requests';
import type { TypingRequests } from './typing-requests';

export interface RequestServices {
  reads: ReadService;
  participants: ParticipantService;
  sync: SyncService;
  clock: Clock;
}

/** Those who answer the requests of one subject each. */
export type RequestParts = [
  messages: MessageRequests,
  marks: MarkRequests,
  screen: ScreenRequests,
  typing: TypingRequests,
  presence: PresenceRequests,
  auth: AuthRequests,
];

/** Every request of the protocol, one line each. */
export function requestHandlers(
  { reads, participants, sync, clock }: RequestServices,
  [messages, marks, screen, typing, presence, auth]: RequestParts,
): RequestHandlers {
  return {
    ...messages.handlers(),
    ...marks.handlers(),
    ...screen.handlers(),
    ...typing.handlers(),
    ...presence.handlers(),
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
