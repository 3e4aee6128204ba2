import type { WebSocket } from 'ws';
import { closeCodes, type CloseCode } from '@parley/contracts/wire';
import { closeTimeoutMs } from './connection';

/** Closes with a code, and ends the connection when the other side does not answer that. */
export function closeWebSocket(socket: WebSocket, code: CloseCode): void {
  socket.close(Number(code), closeCodes[code].reason);
  setTimeout(() => socket.terminate(), closeTimeoutMs).unref();
}
