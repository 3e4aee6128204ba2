import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { closeWebSocket } from './close-web-socket';
import type { Connection } from './connection';
import type { Frame } from './frame';

interface EngineInternals {
  request: unknown;
  transport: { socket: WebSocket };
}

/** A socket of Socket.IO. Events by-pass its encoder: they are written as frames that were made once for all. */
export class SocketIoConnection implements Connection {
  readonly id: string;

  constructor(
    private readonly socket: Socket,
    readonly actor: UserActor,
  ) {
    this.id = socket.id;
    release(socket);
  }

  send(frame: Frame): void {
    this.socket.conn.write(frame.socketIoPacket, frame.engineOptions);
  }

  close(code: CloseCode): void {
    closeWebSocket((this.socket.conn as unknown as EngineInternals).transport.socket, code);
  }
}

// The request with its headers and the handshake (with the token) are most of what an idle socket holds.
function release(socket: Socket): void {
  (socket.conn as unknown as EngineInternals).request = null;
  Object.assign(socket, { handshake: released });
}

const released = Object.freeze({
  headers: Object.freeze({}),
  query: Object.freeze({}),
  auth: Object.freeze({}),
});
