import type { WebSocket } from 'ws';
import { closeCodes, type CloseCode } from '@parley/contracts/wire';
import { closeTimeoutMs } from './connection';

/** Closes with a code of ours, and ends the connection when the other side does not answer that. */
export function closeWebSocket(socket: WebSocket, code: CloseCode): void {
  socket.close(Number(code), closeCodes[code].reason);
  endSoon(socket);
}

/** Ends a connection that is closing, when the other side takes too long: ws itself would wait for 30 s. */
export function endSoon(socket: WebSocket): void {
  setTimeout(() => socket.terminate(), closeTimeoutMs).unref();
}
