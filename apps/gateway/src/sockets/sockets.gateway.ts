import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { toAppError } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Log } from '@parley/platform/telemetry';
import { HandshakeVerifier } from '../admission/handshake-verifier';
import { SocketIoConnection } from '../connections/socket-io.connection';
import { Dispatcher, type Answer } from '../requests/dispatcher';
import type { Session } from '../sessions/session';
import { Sessions } from '../sessions/sessions';
import type { RequestPacket } from './packet-parser';

interface SocketData {
  actor?: UserActor;
  session?: Session;
}

/** Socket.IO: authentication in the handshake, then every packet to the one dispatcher. */
@WebSocketGateway()
export class SocketsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly handshakes: HandshakeVerifier,
    private readonly sessions: Sessions,
    private readonly dispatcher: Dispatcher,
    private readonly log: Log,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => void this.authenticate(socket, next));
  }

  handleConnection(socket: Socket): void {
    const data = socket.data as SocketData;
    if (data.actor === undefined) throw new TypeError('a socket was not authenticated');
    const session = this.sessions.open(new SocketIoConnection(socket, data.actor));
    data.session = session;
    // Never calls next: no packet reaches the socket's emitter, where a client could choose the event's name.
    socket.use((packet) => void this.receive(session, packet as unknown[] as [RequestPacket]));
  }

  handleDisconnect(socket: Socket, reason: string): void {
    const { session } = socket.data as SocketData;
    if (session !== undefined) this.sessions.close(session, reason);
    // A client may leave the namespace and keep the line: nothing else is served on it.
    socket.conn.close();
  }

  private async authenticate(socket: Socket, next: (error?: Error) => void): Promise<void> {
    try {
      const { conn } = socket;
      (socket.data as SocketData).actor = await this.handshakes.verify(socket.handshake.auth.token, {
        isOpen: () => conn.readyState === 'open',
        onClose: (closed) => void conn.once('close', closed),
      });
      next();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind === 'internal') this.log.error('socket.authentication_failed', { error: error.cause });
      next(Object.assign(new Error(error.message), { data: error.toBody() }));
    }
  }

  private async receive(
    session: Session,
    [{ id, name, parameters }]: readonly [RequestPacket],
  ): Promise<void> {
    const { connection } = session;
    const answer: Answer = id === null ? undefined : (ack) => connection.answer(id, ack);
    await this.dispatcher.dispatch(session, name, parameters, answer);
  }
}
