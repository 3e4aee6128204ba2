import type { Place } from '../history/history.types';

/** What stands at one seq in PostgreSQL. */
export type StoredEntry =
  | { kind: 'message'; seq: number; id: string; sender: string; key: string; body: string }
  | { kind: 'joined'; seq: number; id: string; participants: { userId: string; visibleFrom: number }[] }
  | { kind: 'left'; seq: number; id: string; userId: string }
  | { kind: 'other'; seq: number; id: string };

export interface StoredConversation {
  id: string;
  lastSeq: number;
  /** In no particular order. */
  entries: StoredEntry[];
  /** The rows of the participants, with their last stay. */
  participants: { userId: string; visibleFrom: number; leftSeq: number | null }[];
}

/** All messages that the API gives to one user, page by page from the beginning. */
export interface UserView {
  user: string;
  conversation: string;
  places: Place[];
}

/** What is there when everything is over. */
export interface FinalState {
  conversations: StoredConversation[];
  views: UserView[];
}
