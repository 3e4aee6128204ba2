import type { ErrorBody } from '@parley/contracts/wire';

/** The ack of a request. */
export type Answer =
  | { ok: true; data: Record<string, unknown> }
  | { ok: false; error: Pick<ErrorBody, 'code'> & Partial<ErrorBody> };

export interface Received {
  name: string;
  payload: unknown;
}

/** One connection of a client under test. */
export interface Connection {
  /** Every event that came, in the order in which it came. */
  readonly received: readonly Received[];
  /** True once the connection has ended, whoever ended it. */
  readonly ended: boolean;
  request(name: string, data: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** A way to speak the protocol: our own frames, or a library that somebody else wrote. */
export interface ClientKind {
  readonly name: string;
  /** Resolves when the server let it in. @throws Refused */
  connect(url: string, token: string): Promise<Connection>;
  /** Ends what it needed beside its connections. */
  stop(): Promise<void>;
}

/** The server did not let the client in. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(`refused: ${code}`);
  }
}
