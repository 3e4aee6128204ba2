import type { ParticipantRole } from '../participants/participant.types';
import type { ReactionView } from '../reactions/reaction.types';
import type { ThreadSummary } from '../threads/thread.types';

export const messageKinds = ['text', 'system'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A message of the same conversation, by both of its names. */
export interface MessageRef {
  id: string;
  seq: number;
}

export const mentionGroups = ['all', 'here'] as const;
/** `all`: every participant; `here`: the same, and of those who are away nobody is notified. */
export type MentionGroup = (typeof mentionGroups)[number];

/** Whom a message mentions: exactly one of the three. */
export interface Mention {
  userId?: string;
  /** Everybody who has this role in the conversation, at the time of reading. */
  role?: ParticipantRole;
  /** Everybody. Guests name no group, and in a channel owners and admins alone do. */
  group?: MentionGroup;
}

/** A message as it is read, sent live and synced. */
export interface MessageView {
  id: string;
  conversationId: string;
  seq: number;
  /** User id of the sender. */
  sender: string;
  clientMessageId: string;
  kind: MessageKind;
  text: string;
  replyTo: MessageRef | null;
  threadRoot: MessageRef | null;
  mentions: Mention[];
  metadata: Record<string, unknown>;
  /** Where a message is read; an event about a message has none, they have events of their own. */
  reactions?: ReactionView[];
  /** Where a message is read that has replies; an event about a message has none: the replies have events of their own. */
  thread?: ThreadSummary;
  version: number;
  /** Server time, or the original time of an imported message; order is `seq`. */
  at: string;
  imported: boolean;
  editedAt: string | null;
  deletedAt: string | null;
}

/** The answer to a send: the stored message, and whether this send stored it. */
export interface SendResult {
  message: MessageView;
  /** True when this `clientMessageId` was sent before: the first message comes back. */
  duplicate: boolean;
}

/** A page of history. Its messages are in the order of the timeline, whatever direction it was read in. */
export interface MessagePage {
  data: MessageView[];
  page: {
    /** Give it as `before` to read on towards the beginning; null at the beginning of what the caller may see. */
    before: number | null;
    /** Give it as `after` to read on towards the present; null at the newest message. */
    after: number | null;
  };
}

/** What was edited: the message as it is now. An edit that changes nothing takes no seq and answers alike. */
export interface EditResult {
  message: MessageView;
}

/** What is left of a deleted message: its place. Deleting it again answers the same. */
export interface DeleteResult {
  message: MessageView;
}

/** Data of `message.deleted`: ids only, nothing of what was said. */
export interface MessageDeletedData {
  messageId: string;
  /** Seq of the message; that of the event is the place of its deletion. */
  messageSeq: number;
}

/** What a message said before it was edited, or before it was deleted. */
export interface RevisionView {
  version: number;
  text: string;
  mentions: Mention[];
  metadata: Record<string, unknown>;
  /** When this version was written. */
  at: string;
  /** When the next version, or the deletion, took its place. */
  replacedAt: string;
  /** User id of who replaced it; null where a server key acted for nobody. */
  replacedBy: string | null;
}

/** A tenant's rules about messages that change. */
export interface MessageSettings {
  /** Minutes after its sending in which a message may be edited; null: always. */
  editWindowMinutes: number | null;
  /** Days for which moderators may still read what a deleted message said; 0: nothing is kept. */
  deletedTextRetentionDays: number;
}

/** The rules of a tenant that has set none. */
export const defaultMessageSettings: Readonly<MessageSettings> = {
  editWindowMinutes: null,
  deletedTextRetentionDays: 30,
};

export const messageSettingsMaxima = {
  /** Ten years. */
  editWindowMinutes: 5_256_000,
  deletedTextRetentionDays: 3_650,
} as const;
