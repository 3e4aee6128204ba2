import type { ErrorBody, SocketRequestName, SocketRequests } from '@parley/contracts/wire';

/** Why a connection ended, or never came. */
export type Closing =
  /** The server refused the handshake and said why. */
  | { kind: 'refused'; error: ErrorBody }
  /** The connection broke, or the server closed it with a code of `closeCodes`. */
  | { kind: 'lost'; message: string; code?: number };

/** None of them is called before `connect` has returned, nor after `close()`. */
export interface TransportHandlers {
  /** The line is open; the server looks at the token now. */
  opened(): void;
  /** Anything that the server sends by itself. */
  event(name: string, payload: unknown): void;
  /** Called once, and nothing after it. */
  closed(closing: Closing): void;
}

/** One connection, from its handshake on. */
export interface Connection {
  /** Rejects with the server's error, or `connection.timeout` / `connection.lost` when the outcome is not known. */
  request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
    timeoutMs: number,
  ): Promise<SocketRequests[N]['output']>;
  close(): void;
}

/** The way to a server. It never reconnects by itself: that is the supervisor's work. */
export interface Transport {
  connect(token: string, handlers: TransportHandlers): Connection;
}
