import type { Clock } from '@parley/platform/clock';
import type { SyncService } from '@parley/domain/sync';
import type { AuthRequests } from './auth-requests';
import type { ConversationRequests } from './conversation-requests';
import type { MarkRequests } from './mark-requests';
import type { MessageRequests } from './message-requests';
import type { ParticipantRequests } from './participant-requests';
import type { PresenceRequests } from './presence-requests';
import type { RequestHandlers } from './request-registry';
import type { ScreenRequests } from './screen-requests';
import type { ThreadRequests } from './thread-requests';
import type { TypingRequests } from './typing-requests';

export interface RequestServices {
  sync: SyncService;
  clock: Clock;
}

/** Those who answer the requests of one subject each. */
export type RequestParts = [
  messages: MessageRequests,
  marks: MarkRequests,
  conversations: ConversationRequests,
  participants: ParticipantRequests,
  threads: ThreadRequests,
  screen: ScreenRequests,
  typing: TypingRequests,
  presence: PresenceRequests,
  auth: AuthRequests,
];

/** Every request of the protocol, one line each. */
export function requestHandlers({ sync, clock }: RequestServices, parts: RequestParts): RequestHandlers {
  const [messages, marks, conversations, participants, threads, screen, typing, presence, auth] = parts;
  return {
    ...messages.handlers(),
    ...marks.handlers(),
    ...conversations.handlers(),
    ...participants.handlers(),
    ...threads.handlers(),
    ...screen.handlers(),
    ...typing.handlers(),
    ...presence.handlers(),
    ...auth.handlers(),
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
