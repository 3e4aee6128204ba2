import type { Place, ReadSight, Sight } from '../history/history.types';

/** A message as it is stored, with all that it said. */
export interface StoredMessage {
  kind: 'message';
  seq: number;
  id: string;
  sender: string;
  key: string;
  /** What was sent. */
  body: string;
  /** As `brief` tells them: what it said, by version. */
  versions: string[];
  version: number;
  /** As `brief` tells it; null: deleted. */
  text: string | null;
}

/** What stands at one seq in PostgreSQL; `message` is the seq of the message that a change is about. */
export type StoredEntry =
  | StoredMessage
  | { kind: 'edited'; seq: number; id: string; message: number; version: number }
  | { kind: 'deleted'; seq: number; id: string; message: number }
  | { kind: 'joined'; seq: number; id: string; participants: { userId: string; visibleFrom: number }[] }
  | { kind: 'left'; seq: number; id: string; userId: string }
  | { kind: 'other'; seq: number; id: string };

export interface StoredConversation {
  id: string;
  tenant: string;
  lastSeq: number;
  /** In no particular order. */
  entries: StoredEntry[];
  /** The rows of the participants, with their last stay. */
  participants: { userId: string; visibleFrom: number; leftSeq: number | null; readSeq: number }[];
}

/** All messages that the API gives to one user, page by page from the beginning. */
export interface UserView {
  user: string;
  conversation: string;
  places: Place[];
  sights: Sight[];
}

/** What the API says of how far one user has read one of its conversations. */
export interface UnreadView extends ReadSight {
  user: string;
}

/** What is there when everything is over. */
export interface FinalState {
  conversations: StoredConversation[];
  views: UserView[];
  /** Of everybody's current conversations. */
  unread: UnreadView[];
}
