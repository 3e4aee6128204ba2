import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Ack, CloseCode } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Answer } from './answer';
import { closeWebSocket } from './close-web-socket';
import type { Connection, RequestId } from './connection';
import type { Frame } from './frame';
import { Outlet } from './outlet';

/** A client of Socket.IO. Events and answers are written as whole frames. */
export class SocketIoConnection implements Connection {
  wasSlow = false;
  private readonly outlet: Outlet;

  constructor(
    readonly id: string,
    public actor: UserActor,
    private readonly webSocket: WebSocket,
    raw: Duplex,
  ) {
    this.outlet = new Outlet({
      protocol: 'socketIo',
      webSocket,
      raw,
      onSlow: () => {
        this.wasSlow = true;
        closeWebSocket(webSocket, 4001);
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
    this.outlet.send(new Answer(`43${id}[${JSON.stringify(ack)}]`));
  }

  /** There is one namespace alone. */
  refuseNamespace(namespace: string): void {
    this.outlet.send(new Answer(`44${namespace},{"message":"Invalid namespace"}`));
  }

  close(code: CloseCode): void {
    this.outlet.flush();
    this.outlet.end();
    closeWebSocket(this.webSocket, code);
  }
}
