export const reactionModes = ['distinct', 'one'] as const;
/** `distinct`: a user may react with several keys, once each; `one`: a new reaction replaces the user's old one. */
export type ReactionMode = (typeof reactionModes)[number];

/** An emoji (flags, keycaps, skin tones and joined ones too), or a name of your own in `[a-z0-9_+-]{1,64}`. */
export const reactionKeyPattern =
  /^(?:[a-z0-9_+-]{1,64}|\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|\u{1F3F4}[\u{E0020}-\u{E007E}]{1,16}\u{E007F}|\p{ExtPict}[\uFE0F\p{EMod}]?(?:\u200D[\p{ExtPict}\u2640\u2642][\uFE0F\p{EMod}]?){0,9})$/u;

/** The reactions to a message with one key. */
export interface ReactionView {
  key: string;
  count: number;
  /** Present and true where the caller is among them; never in an event, which all receivers get alike. */
  mine?: boolean;
}

/** Who reacted. */
export interface ReactionEntryView {
  key: string;
  userId: string;
  at: string;
}

/** The message's reactions after what was asked for, as the caller sees them. */
export interface ReactionResult {
  reactions: ReactionView[];
}

/** Data of `reaction.added` and `reaction.removed`; whose reaction it is says the event's `actor`. */
export interface ReactionChangedData {
  messageId: string;
  messageSeq: number;
  key: string;
  /** How many have reacted with the key now; at 0 the key is gone. */
  count: number;
}
