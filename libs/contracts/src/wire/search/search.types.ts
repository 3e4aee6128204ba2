import type { MessageView } from '../messages/message.types';

/** A message that was found. */
export interface SearchHit {
  message: MessageView;
  /** How well it fits; only comparable within one search. */
  rank: number;
}
