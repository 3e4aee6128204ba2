/** What a user has begun to write in a conversation; only its own devices know of it. */
export interface DraftView {
  conversationId: string;
  text: string;
  /** Server time of the last write, which wins. */
  updatedAt: string;
}

/** Data of `draft.updated`. */
export interface DraftUpdatedData {
  conversationId: string;
  /** Null: there is none any more. */
  draft: DraftView | null;
}
