import type {
  ConversationDeletedData,
  ConversationUpdatedData,
  ConversationView,
  HistoryResetData,
} from '../conversations/conversation.types';
import type { BlockUpdatedData } from '../blocks/block.types';
import type { DraftUpdatedData } from '../inbox/draft.types';
import type { InvitationUpdatedData } from '../invitations/invitation.types';
import type { ReadUpdatedData } from '../inbox/inbox.types';
import type { SettingsUpdatedData } from '../inbox/settings.types';
import type { MessageDeletedData, MessageView } from '../messages/message.types';
import type {
  ParticipantJoinedData,
  ParticipantLeftData,
  ParticipantUpdatedData,
} from '../participants/participant.types';
import type { PinChangedData } from '../pins/pin.types';
import type { PresenceView } from '../presence/presence.types';
import type { ReactionChangedData } from '../reactions/reaction.types';
import type { TypingUpdatedData } from '../typing/typing.types';
import type { ConversationHead, ReadyData } from '../sync/sync.types';
import type { ThreadState } from '../threads/thread.types';

/** Durable events: each has a seq, and what is missed of them comes by `sync`. */
export interface DurableEventData {
  'message.created': MessageView;
  /** The message as it is now, also where its edit is synced long after: what was deleted meanwhile has no content. */
  'message.updated': MessageView;
  'message.deleted': MessageDeletedData;
  'reaction.added': ReactionChangedData;
  'reaction.removed': ReactionChangedData;
  'pin.added': PinChangedData;
  'pin.removed': PinChangedData;
  'participant.joined': ParticipantJoinedData;
  'participant.updated': ParticipantUpdatedData;
  'participant.left': ParticipantLeftData;
  'conversation.updated': ConversationUpdatedData;
  'conversation.deleted': ConversationDeletedData;
  /** To the user itself alone; others get its place. */
  'history.reset': HistoryResetData;
}

export type DurableEventType = keyof DurableEventData;

interface DurableEventOf<T extends DurableEventType> {
  /** Stable id of the event; the same live, in sync and in webhooks. */
  id: string;
  type: T;
  conversationId: string;
  seq: number;
  /** User id, or null where a server key acted for nobody. */
  actor: string | null;
  at: string;
  data: DurableEventData[T];
}

/** A seq that the receiver may not see: it holds the place, so that order stays dense. */
export interface VoidEvent {
  type: 'void';
  conversationId: string;
  seq: number;
}

export type StoredEvent = { [T in DurableEventType]: DurableEventOf<T> }[DurableEventType];
export type DurableEvent = StoredEvent | VoidEvent;

/** Events that a number in `heads` recovers. */
export interface RecoveredEventData {
  'conversation.created': ConversationView;
  'read.updated': ReadUpdatedData;
  'settings.updated': SettingsUpdatedData;
  'draft.updated': DraftUpdatedData;
  'invitation.updated': InvitationUpdatedData;
  'thread.updated': ThreadState;
  'block.updated': BlockUpdatedData;
}

/** Events that are lost when they are lost: the next one replaces them. */
export interface LossyEventData {
  ready: ReadyData;
  heads: { heads: ConversationHead[] };
  drain: { afterMs: number };
  'typing.updated': TypingUpdatedData;
  'presence.updated': PresenceView;
}

/** Everything that a server sends by itself, name → payload. */
export type ServerEvents = { [T in DurableEventType]: DurableEventOf<T> } & { void: VoidEvent } & {
  [T in keyof RecoveredEventData]: { type: T; at: string; data: RecoveredEventData[T] };
} & LossyEventData;

export type ServerEventName = keyof ServerEvents;
