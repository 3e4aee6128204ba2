/** A user whom the caller blocks; nobody else is told. */
export interface BlockView {
  userId: string;
  at: string;
}

/** Data of `block.updated`. */
export interface BlockUpdatedData {
  userId: string;
  /** Null: you block this user no longer. */
  block: BlockView | null;
}
