import type { BlockChange, BusEvent, Revocation, UserEvent } from '@parley/contracts/internal';

/**
 * Tells the gateways of what was committed. Best effort and recorded nowhere: what is lost here is found by the tail and
 * by the clients' seqs. Called after the commit only; never throws and never makes the caller wait.
 */
export abstract class Publisher {
  /** Durable events of one conversation, in seq order. */
  abstract publish(events: readonly BusEvent[]): void;
  /** An event for all devices of some users. */
  abstract publishToUsers(event: UserEvent): void;
  /** Ends the connections of those who were shut out. */
  abstract publishRevocations(revocations: Revocation[]): void;
  /** Tells the gateways, and no client, who is kept apart otherwise than before. */
  abstract publishBlockChanges(changes: BlockChange[]): void;
}
