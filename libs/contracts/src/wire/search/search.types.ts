import type { MessageView } from '../messages/message.types';

/** What a message may have. `reply`: it answers another message. */
export const searchTraits = ['link', 'reaction', 'pin', 'reply'] as const;
export type SearchTrait = (typeof searchTraits)[number];

/** A place in a text, in UTF-16 code units: `text.slice(start, end)`. */
export interface Highlight {
  start: number;
  end: number;
}

/** A message that was found. History around it: `GET …/messages?around=` with its seq, in its conversation. */
export interface SearchHit {
  message: MessageView;
  /** What was looked for, where it stands in the message's text: in order, without overlaps, at most 20. */
  highlights: Highlight[];
}
