import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { Ack, CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Answer } from './answer';
import { closeWebSocket } from './close-web-socket';
import type { Connection, RequestId } from './connection';
import type { Frame } from './frame';
import { Outlet, type HeldPackets } from './outlet';

interface EngineInternals extends HeldPackets {
  request: IncomingMessage | null;
  transport: { socket: WebSocket };
}

/** A socket of Socket.IO. Events and answers by-pass its encoder: they are written as whole frames. */
export class SocketIoConnection implements Connection {
  readonly id: string;
  wasSlow = false;
  private readonly webSocket: WebSocket;
  private readonly outlet: Outlet;

  constructor(
    socket: Socket,
    readonly actor: UserActor,
  ) {
    this.id = socket.id;
    const engine = socket.conn as unknown as EngineInternals;
    if (engine.request === null) throw new TypeError('a socket has two connections');
    this.webSocket = engine.transport.socket;
    this.outlet = new Outlet({
      protocol: 'socketIo',
      webSocket: this.webSocket,
      raw: engine.request.socket,
      held: engine,
      onSlow: () => {
        this.wasSlow = true;
        closeWebSocket(this.webSocket, 4001);
      },
    });
    release(socket, engine);
  }

  send(frame: Frame): void {
    this.outlet.send(frame);
  }

  answer(id: RequestId, ack: Ack<unknown>): void {
    this.outlet.send(new Answer(`43${id}[${JSON.stringify(ack)}]`));
  }

  close(code: CloseCode): void {
    this.outlet.flush();
    this.outlet.end();
    closeWebSocket(this.webSocket, code);
  }
}

// The request with its headers and the handshake (with the token) are most of what an idle socket holds; nobody emits to
// the room of its own id, either.
function release(socket: Socket, engine: EngineInternals): void {
  engine.request = null;
  Object.assign(socket, { handshake: released });
  void socket.leave(socket.id);
}

const released = Object.freeze({
  headers: Object.freeze({}),
  query: Object.freeze({}),
  auth: Object.freeze({}),
});
