import type { ChangeCall, Place } from '../history/history.types';

/** A client of the run: one connection of one user, which writes down all it asks for and gets. */
export interface ChaosClient {
  readonly name: string;
  readonly user: string;
  /** Connected, and caught up as far as it knows. */
  readonly isLive: boolean;
  start(): void;
  /** Sends until the outcome is known, or until it gives up; where the message stands, if it was acked. */
  send(conversation: string, key: string, body: string): Promise<Place | undefined>;
  /** Changes what is there, in the same way; true: it was acked. */
  change(call: ChangeCall): Promise<boolean>;
  /** Nothing is tried again from now on. */
  close(): void;
}
