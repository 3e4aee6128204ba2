export const messageKinds = ['text', 'system'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A message of the same conversation, by both of its names. */
export interface MessageRef {
  id: string;
  seq: number;
}

export interface Mention {
  userId: string;
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
