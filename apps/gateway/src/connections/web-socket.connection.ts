import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { closeWebSocket } from './close-web-socket';
import type { Connection } from './connection';
import type { Frame } from './frame';

/** A bare WebSocket of `/ws`. */
export class WebSocketConnection implements Connection {
  readonly id = randomUUID();

  constructor(
    private readonly socket: WebSocket,
    readonly actor: UserActor,
  ) {}

  send(frame: Frame): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame.webSocketText, { binary: false });
  }

  close(code: CloseCode): void {
    closeWebSocket(this.socket, code);
  }
}
