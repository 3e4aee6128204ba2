import type { Ack, CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import type { Frame } from './frame';

/** What a client names its request by; its answer carries it. Null where the frame had none that can be given back. */
export type RequestId = string | number | null;

/** One device of a user, over either transport. Sending to a connection that is closing does nothing. */
export interface Connection {
  readonly id: string;
  /** By the newest token. */
  actor: UserActor;
  /** It was closed because it did not read what it was sent. */
  readonly wasSlow: boolean;
  send(frame: Frame): void;
  /** Comes in order with what is sent, up to 25 ms later: for what goes to many. */
  sendCoalesced(frame: Frame): void;
  /** May be lost, or replaced by the next one of the same key: a socket that is behind gets the newest alone. */
  sendLossy(key: string, frame: Frame): void;
  /** Comes in order with what is sent. */
  answer(id: RequestId, ack: Ack<unknown>): void;
  /** Ends it, after all that was sent; the code tells the client whether to come back. */
  close(code: CloseCode): void;
}

/** How long the other side may take to answer a close, in milliseconds. */
export const closeTimeoutMs = 1_000;
