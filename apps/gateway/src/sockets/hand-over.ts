import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';
import type { OwnedSocket } from './owned-socket';

/** A connection without anything of Socket.IO. */
export interface HandedOver {
  webSocket: OwnedSocket;
  /** The connection below it. */
  raw: Duplex;
}

interface EngineInternals {
  request: IncomingMessage;
  writeBuffer: object[];
  transport: {
    socket: OwnedSocket;
    readyState: 'open' | 'closed';
    send(packets: object[]): void;
  };
  onClose(reason: string): void;
}

/**
 * Takes an open connection out of the hands of Socket.IO, once that has let it in: of what it keeps for each (the request
 * with its headers, the handshake with the token, five emitters with their listeners, two timers, rooms, acks), nothing is
 * used here, and it is two thirds of what an idle connection holds. A spec fails when an update of the libraries changes
 * what this relies on: where the WebSocket is, and that a transport that counts as closed is not closed again while the
 * libraries put away all that is theirs, as they do at the end of any connection.
 */
export function handOver(socket: Socket): HandedOver {
  const engine = socket.conn as unknown as EngineInternals;
  const { transport, request, writeBuffer } = engine;
  // The answer to the connect, where the packet before it is still on its way.
  if (writeBuffer.length > 0) transport.send(writeBuffer.splice(0));
  transport.readyState = 'closed';
  engine.onClose('handed over');
  return { webSocket: transport.socket, raw: request.socket };
}
