import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '@parley/platform/database';

/** What a piece of work did: the answer, which repeats get too, and what is told after the commit, by the first alone. */
export interface Done<A, N> {
  answer: A;
  news: N;
}

/**
 * How often a request may have its effect. A service method takes one and runs what it writes under it; the transport
 * that knows of a key makes it.
 */
export interface Once {
  /**
   * Runs `work`, or answers what it answered to an earlier request under the same key; `news` is then null. Inside one
   * transaction, so that the answer is kept if and only if the effect is.
   * @throws AppError `idempotency.key_conflict` when the key names another request; whatever `work` throws
   */
  run<A, N>(tx: Tx, work: () => Promise<Done<A, N>>): Promise<Done<A, N | null>>;
  /**
   * What an earlier request under the same key was answered; null: nothing yet.
   * @throws AppError `idempotency.key_conflict`
   */
  recall<A>(tx: Tx): Promise<A | null>;
  /** An id for what the request makes: the same one in each of its repeats. */
  newId(): string;
}

/** A request without a key: every repeat is a request of its own. */
export const everyTime: Once = {
  run: (_, work) => work(),
  recall: () => Promise.resolve(null),
  newId: uuidv7,
};
