import { WebSocket, WebSocketServer, type RawData, type ServerOptions } from 'ws';

/** What a WebSocket belongs to: it gets what comes in, and is told of the end. */
export interface SocketOwner {
  receive(data: RawData, isBinary: boolean): void;
  /** The other side answered a WebSocket ping. */
  pong(): void;
  ended(code: number): void;
}

/** A WebSocket that knows its owner: thousands of them share their listeners, where each would have closures of its own. */
export class OwnedSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** From now on nobody else hears of it. */
  ownedBy(owner: SocketOwner): void {
    this.owner = owner;
    this.removeAllListeners();
    this.on('message', onMessage).on('pong', onPong).on('close', onClose).on('error', ignore);
  }
}

/** Makes owned sockets; Engine.IO takes it as its `wsEngine`. */
export class OwnedSocketServer extends WebSocketServer<typeof OwnedSocket> {
  constructor(options: ServerOptions<typeof OwnedSocket>) {
    super({ ...options, WebSocket: OwnedSocket });
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  (this as OwnedSocket).owner?.receive(data, isBinary);
}

function onPong(this: WebSocket): void {
  (this as OwnedSocket).owner?.pong();
}

function onClose(this: WebSocket, code: number): void {
  (this as OwnedSocket).owner?.ended(code);
}

function ignore(): void {
  // A broken frame or line: 'close' follows.
}
