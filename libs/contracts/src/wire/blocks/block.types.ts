/** A user whom the caller blocks; nobody else is told. */
export interface BlockView {
  userId: string;
  at: string;
}
