import type { OwnParticipantView } from '../inbox/inbox.types';
import type { MessageView } from '../messages/message.types';
import type { ReactionMode } from '../reactions/reaction.types';

export const conversationKinds = ['direct', 'group', 'channel'] as const;
export type ConversationKind = (typeof conversationKinds)[number];
export const conversationVisibilities = ['private', 'tenant'] as const;
export type ConversationVisibility = (typeof conversationVisibilities)[number];
export const historyModes = ['full', 'joined'] as const;
/** `full`: a new participant reads everything; `joined`: only from its join on. */
export type HistoryMode = (typeof historyModes)[number];
export const conversationStatuses = ['active', 'closed'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export const postingModes = ['everyone', 'admins', 'nobody'] as const;
/** Who may send and edit messages: `admins` are owners and admins; `nobody`: all may read, and a back end's system speaks. */
export type PostingMode = (typeof postingModes)[number];

/** The object of the host product that a conversation is about: a project, a booking, an order. */
export interface ConversationSubject {
  type: string;
  id: string;
}

/** What a conversation allows, and how. */
export interface ConversationSettings {
  reactionMode: ReactionMode;
  posting: PostingMode;
  /** Seconds between two messages of one member or guest; 0: none. */
  slowModeSeconds: number;
}

/** What can be changed of a conversation. */
export interface ConversationRulesView {
  status: ConversationStatus;
  visibility: ConversationVisibility;
  history: HistoryMode;
  settings: ConversationSettings;
  subject: ConversationSubject | null;
  title: string | null;
  metadata: Record<string, unknown>;
}

/** Data of `conversation.updated`: all of it as it is after the change. */
export type ConversationUpdatedData = ConversationRulesView;

/** Data of `conversation.deleted`: it is over for everybody, and nothing comes after it. */
export interface ConversationDeletedData {
  conversationId: string;
}

/** Data of `history.reset`: what was before `visibleFrom` is gone for this user alone. */
export interface HistoryResetData {
  userId: string;
  /** The first seq that the user may see, that of the reset. */
  visibleFrom: number;
}

/** A conversation as one of its participants sees it. */
export interface ConversationView extends ConversationRulesView {
  id: string;
  kind: ConversationKind;
  /** The newest seq of the conversation's timeline. */
  lastSeq: number;
  messageCount: number;
  lastMessageAt: string | null;
  createdAt: string;
  /** The newest message that the caller may see, also where it is a reply in a thread or was deleted. */
  lastMessage: MessageView | null;
  /** The caller's own participation; absent for a server key that acts for nobody. */
  me?: OwnParticipantView;
}

/** Answer to `conversation.open`. */
export interface ConversationOpenResult {
  conversationId: string;
  /** Where its timeline stands. */
  lastSeq: number;
}

/** Answer to `conversation.close`. */
export interface ConversationCloseResult {
  /** False: it was not open on this connection. */
  closed: boolean;
}
