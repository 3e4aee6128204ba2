import type { ErrorBody } from '../errors/app-error';
import type { ReadState } from '../inbox/inbox.types';
import type { DeleteResult, EditResult, SendResult } from '../messages/message.types';
import type { PinResult, UnpinResult } from '../pins/pin.types';
import type { ReactionResult } from '../reactions/reaction.types';
import type { ParticipantRole, ParticipantView } from '../participants/participant.types';
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

export interface HeadsInput {
  cursor?: string;
}

export interface SyncInput {
  epoch: string;
  /** [conversationId, last applied seq]; at most 200. */
  cursors: [conversationId: string, seq: number][];
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
  'read.mark': { input: ReadMarkInput; output: ReadState };
  'thread.follow': { input: ThreadInput; output: ThreadState };
  'thread.unfollow': { input: ThreadInput; output: ThreadState };
  'thread.read': { input: ThreadReadInput; output: ThreadState };
  heads: { input: HeadsInput; output: HeadsResult };
  sync: { input: SyncInput; output: SyncResult };
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
  'read.mark',
  'thread.follow',
  'thread.unfollow',
  'thread.read',
  'heads',
  'sync',
  'ping',
] as const satisfies readonly SocketRequestName[];

/** The answer to every request; one always comes. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };
