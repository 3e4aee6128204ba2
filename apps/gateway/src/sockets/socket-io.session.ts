import type { Duplex } from 'node:stream';
import type { RawData } from 'ws';
import { limits } from '@parley/contracts/wire';
import { endSoon } from '../connections/close-web-socket';
import type { SocketIoConnection } from '../connections/socket-io.connection';
import { textFrame } from '../connections/text-frame';
import type { Answer, Dispatcher } from '../requests/dispatcher';
import type { Session } from '../sessions/session';
import type { Sessions } from '../sessions/sessions';
import type { Beating, Heartbeats } from './heartbeats';
import { isDeeperThan } from './json-depth';
import type { OwnedSocket, SocketOwner } from './owned-socket';
import { decodePacket, hasAttachments, packetType, type RequestPacket } from './packet-parser';

export interface SocketIoServices {
  sessions: Sessions;
  dispatcher: Dispatcher;
  heartbeats: Heartbeats;
}

export interface AdmittedSocketIo {
  connection: SocketIoConnection;
  /** Called once, at its end. */
  leave: () => void;
}

/** First characters of Engine.IO (protocol 4); a client over a WebSocket has no use for others. */
const engineType = { pong: '3', message: '4', noop: '6' } as const;
const pingFrame = textFrame('2');
const mainNamespace = '/';

/** One client of Socket.IO after its handshake: heartbeats, and every event to the one dispatcher. */
export class SocketIoSession implements SocketOwner, Beating {
  isAlive = true;
  private readonly connection: SocketIoConnection;
  private readonly leave: () => void;
  private readonly session: Session;
  private readonly place: number;

  constructor(
    private readonly socket: OwnedSocket,
    private readonly raw: Duplex,
    { connection, leave }: AdmittedSocketIo,
    private readonly services: SocketIoServices,
  ) {
    this.connection = connection;
    this.leave = leave;
    socket.ownedBy(this);
    this.session = services.sessions.open(connection);
    this.place = services.heartbeats.add(this);
  }

  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.raw.write(pingFrame);
  }

  pong(): void {
    this.isAlive = true;
  }

  terminate(): void {
    this.socket.terminate();
  }

  receive(data: RawData, isBinary: boolean): void {
    this.isAlive = true;
    if (isBinary) return this.end(1009);
    const text = (data as Buffer).toString();
    switch (text[0]) {
      case engineType.pong:
      case engineType.noop:
        return;
      case engineType.message:
        return this.receivePacket(text.slice(1));
      default:
        return this.end();
    }
  }

  ended(code: number): void {
    this.services.heartbeats.remove(this, this.place);
    this.leave();
    this.services.sessions.close(this.session, `closed with ${code}`);
  }

  private receivePacket(text: string): void {
    // No request has attachments: they would only hold memory and slip past the checkers (F35).
    if (hasAttachments(text) || isDeeperThan(text, limits.jsonMaxDepth + 1)) return this.end(1009);
    const packet = decodePacket(text);
    if (packet === undefined) return this.end();
    const { type, nsp, data } = packet;
    if (type === packetType.connect && nsp !== mainNamespace) return this.connection.refuseNamespace(nsp);
    // A client may leave the namespace and keep the line: nothing else is served on it.
    if (type !== packetType.event || nsp !== mainNamespace) return this.end();
    this.dispatch((data as [RequestPacket])[0]);
  }

  private dispatch({ id, name, parameters }: RequestPacket): void {
    const { connection } = this;
    const answer: Answer = id === null ? undefined : (ack) => connection.answer(id, ack);
    void this.services.dispatcher.dispatch(this.session, name, parameters, answer);
  }

  private end(code?: number): void {
    this.socket.close(code);
    endSoon(this.socket);
  }
}
