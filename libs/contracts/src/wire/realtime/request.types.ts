import type {
  ConversationRulesView,
  ConversationSettings,
  ConversationView,
} from '../conversations/conversation.types';
import type { ErrorBody } from '../errors/app-error';
import type { ReadState } from '../inbox/inbox.types';
import type { DeleteResult, EditResult, SendResult } from '../messages/message.types';
import type { PinResult, UnpinResult } from '../pins/pin.types';
import type {
  PresenceChoiceStatus,
  PresenceSetResult,
  PresenceWatchResult,
} from '../presence/presence.types';
import type { ReactionResult } from '../reactions/reaction.types';
import type { ParticipantRole, ParticipantView } from '../participants/participant.types';
import type { TypingStartResult, TypingStopResult } from '../typing/typing.types';
import type { ConversationCloseResult, ConversationOpenResult } from '../conversations/conversation.types';
import type { HeadsResult, PingResult, SyncResult } from '../sync/sync.types';
import type { ThreadState } from '../threads/thread.types';
import type { Mention, MessageRef } from '../messages/message.types';

export interface MessageSendInput {
  conversationId: string;
  /** `[A-Za-z0-9._:-]{8,64}`; a repeat of it returns the first message. */
  clientMessageId: string;
  text: string;
  replyTo?: MessageRef;
  threadRoot?: MessageRef;
  mentions?: Mention[];
  metadata?: Record<string, unknown>;
}

export interface MessageEditInput {
  conversationId: string;
  messageId: string;
  /** What is absent stays. */
  text?: string;
  mentions?: Mention[];
  metadata?: Record<string, unknown>;
  /** The version that the edit was made of; `message.version_stale` when the message has another one. */
  version?: number;
}

export interface MessageDeleteInput {
  conversationId: string;
  messageId: string;
}

export interface ReactionInput {
  conversationId: string;
  messageId: string;
  /** An emoji, or a name in `[a-z0-9_+-]{1,64}`. */
  key: string;
}

export interface PinInput {
  conversationId: string;
  messageId: string;
}

export interface ParticipantAddInput {
  conversationId: string;
  participants: { userId: string; role?: ParticipantRole; label?: string }[];
}

export interface ParticipantRemoveInput {
  conversationId: string;
  /** The caller's own id leaves the conversation. */
  userId: string;
}

/** What is absent stays. */
export interface ConversationUpdateInput extends Partial<Omit<ConversationRulesView, 'settings'>> {
  conversationId: string;
  settings?: Partial<ConversationSettings>;
}

export interface ReadMarkInput {
  conversationId: string;
  /** Up to where; up to the newest message of this moment when absent. */
  seq?: number;
}

/** `messageId`: the thread's root. */
export interface ThreadInput {
  conversationId: string;
  messageId: string;
}

export interface ThreadReadInput extends ThreadInput {
  /** Up to where; up to the newest reply of this moment when absent. */
  seq?: number;
}

export interface ConversationOpenInput {
  conversationId: string;
}

export interface TypingInput {
  conversationId: string;
}

export interface PresenceSetInput {
  /** `online` and `away` are of this device; `invisible` is of the user, and ends with either of them. */
  status: PresenceChoiceStatus;
}

export interface PresenceWatchInput {
  /** Whom to be told of from now on, in place of those of the last request; at most 200. */
  userIds: string[];
}

export interface HeadsInput {
  cursor?: string;
}

export interface SyncInput {
  epoch: string;
  /** [conversationId, last applied seq]; at most 200. */
  cursors: [conversationId: string, seq: number][];
}

export interface AuthRefreshInput {
  /** A user token of the same user and tenant that ends later. */
  token: string;
}

/** Answer to `auth.refresh`. */
export interface AuthRefreshResult {
  /** ISO 8601: without another refresh the connection ends then. */
  expiresAt: string;
}

export interface PingInput {
  /** Newest applied seq by conversation, so that the server knows the lag. */
  lastSeqs?: Record<string, number>;
}

/** Every request of the socket protocol, name → input and output. The gateway's registry must answer each of them. */
export interface SocketRequests {
  'message.send': { input: MessageSendInput; output: SendResult };
  'message.edit': { input: MessageEditInput; output: EditResult };
  'message.delete': { input: MessageDeleteInput; output: DeleteResult };
  'reaction.add': { input: ReactionInput; output: ReactionResult };
  'reaction.remove': { input: ReactionInput; output: ReactionResult };
  'pin.add': { input: PinInput; output: PinResult };
  'pin.remove': { input: PinInput; output: UnpinResult };
  'participant.add': { input: ParticipantAddInput; output: { participants: ParticipantView[] } };
  'participant.remove': { input: ParticipantRemoveInput; output: { participant: ParticipantView } };
  'conversation.update': { input: ConversationUpdateInput; output: ConversationView };
  'read.mark': { input: ReadMarkInput; output: ReadState };
  'thread.follow': { input: ThreadInput; output: ThreadState };
  'thread.unfollow': { input: ThreadInput; output: ThreadState };
  'thread.read': { input: ThreadReadInput; output: ThreadState };
  heads: { input: HeadsInput; output: HeadsResult };
  sync: { input: SyncInput; output: SyncResult };
  'conversation.open': { input: ConversationOpenInput; output: ConversationOpenResult };
  'conversation.close': { input: ConversationOpenInput; output: ConversationCloseResult };
  'typing.start': { input: TypingInput; output: TypingStartResult };
  'typing.stop': { input: TypingInput; output: TypingStopResult };
  'presence.set': { input: PresenceSetInput; output: PresenceSetResult };
  'presence.watch': { input: PresenceWatchInput; output: PresenceWatchResult };
  'auth.refresh': { input: AuthRefreshInput; output: AuthRefreshResult };
  ping: { input: PingInput; output: PingResult };
}

export type SocketRequestName = keyof SocketRequests;

/** All request names, for the boot check of the registry. */
export const socketRequestNames = [
  'message.send',
  'message.edit',
  'message.delete',
  'reaction.add',
  'reaction.remove',
  'pin.add',
  'pin.remove',
  'participant.add',
  'participant.remove',
  'conversation.update',
  'read.mark',
  'thread.follow',
  'thread.unfollow',
  'thread.read',
  'conversation.open',
  'conversation.close',
  'typing.start',
  'typing.stop',
  'presence.set',
  'presence.watch',
  'auth.refresh',
  'heads',
  'sync',
  'ping',
] as const satisfies readonly SocketRequestName[];

/** The answer to every request; one always comes. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };
