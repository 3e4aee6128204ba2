import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Ack, CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Answer } from './answer';
import { closeWebSocket } from './close-web-socket';
import type { Connection, RequestId } from './connection';
import type { Frame } from './frame';
import { Outlet } from './outlet';

/** A bare WebSocket of `/ws`. */
export class WebSocketConnection implements Connection {
  readonly id = randomUUID();
  wasSlow = false;
  private readonly outlet: Outlet;

  constructor(
    private readonly socket: WebSocket,
    raw: Duplex,
    public actor: UserActor,
  ) {
    this.outlet = new Outlet({
      protocol: 'webSocket',
      webSocket: socket,
      raw,
      onSlow: () => {
        this.wasSlow = true;
        closeWebSocket(socket, 4001);
      },
    });
  }

  send(frame: Frame): void {
    this.outlet.send(frame);
  }

  sendCoalesced(frame: Frame): void {
    this.outlet.sendCoalesced(frame);
  }

  sendLossy(key: string, frame: Frame): void {
    this.outlet.sendLossy(key, frame);
  }

  answer(id: RequestId, ack: Ack<unknown>): void {
    this.outlet.send(new Answer(JSON.stringify({ id, ...ack })));
  }

  close(code: CloseCode): void {
    this.outlet.flush();
    this.outlet.end();
    closeWebSocket(this.socket, code);
  }
}
