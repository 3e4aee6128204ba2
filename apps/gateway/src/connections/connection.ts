import type { CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import type { Frame } from './frame';

/** One device of a user, over either transport. Sending to a connection that is closing does nothing. */
export interface Connection {
  readonly id: string;
  readonly actor: UserActor;
  send(frame: Frame): void;
  /** Ends it; the code tells the client whether to come back. */
  close(code: CloseCode): void;
}

/** How long the other side may take to answer a close, in milliseconds. */
export const closeTimeoutMs = 1_000;
