import { WebSocketGateway, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { toAppError } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Log } from '@parley/platform/telemetry';
import { HandshakeVerifier } from '../admission/handshake-verifier';
import { SocketIoConnection } from '../connections/socket-io.connection';
import { Dispatcher } from '../requests/dispatcher';
import { Sessions } from '../sessions/sessions';
import { handOver } from './hand-over';
import { Heartbeats } from './heartbeats';
import { SocketIoSession, type SocketIoServices } from './socket-io.session';

interface SocketData {
  actor?: UserActor;
  /** To be called once, at its end. */
  leave?: (() => void) | undefined;
}

/** Socket.IO: authentication in the handshake; what it let in goes on as a session of ours. */
@WebSocketGateway()
export class SocketsGateway implements OnGatewayInit, OnGatewayConnection {
  private readonly services: SocketIoServices;

  constructor(
    private readonly handshakes: HandshakeVerifier,
    sessions: Sessions,
    dispatcher: Dispatcher,
    heartbeats: Heartbeats,
    private readonly log: Log,
  ) {
    this.services = { sessions, dispatcher, heartbeats };
  }

  afterInit(server: Server): void {
    server.use((socket, next) => void this.authenticate(socket, next));
  }

  handleConnection(socket: Socket): void {
    const data = socket.data as SocketData;
    const { actor, leave } = data;
    if (actor === undefined || leave === undefined) throw new TypeError('a socket was not authenticated');
    // From here on the session says when it ends.
    data.leave = undefined;
    const { webSocket, raw } = handOver(socket);
    const connection = new SocketIoConnection(socket.id, actor, webSocket, raw);
    new SocketIoSession(webSocket, raw, { connection, leave }, this.services);
  }

  private async authenticate(socket: Socket, next: (error?: Error) => void): Promise<void> {
    const { conn } = socket;
    const data = socket.data as SocketData;
    try {
      data.actor = await this.handshakes.verify(socket.handshake.auth.token, {
        origin: socket.handshake.headers.origin,
        isOpen: () => conn.readyState === 'open',
        onClose: (leave) => {
          data.leave = leave;
          conn.once('close', () => data.leave?.());
        },
      });
      next();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind === 'internal') this.log.error('socket.authentication_failed', { error: error.cause });
      next(Object.assign(new Error(error.message), { data: error.toBody() }));
    }
  }
}
