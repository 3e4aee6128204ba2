import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { WebSocket } from 'ws';
import { limits } from '@parley/contracts/wire';
import { endSoon } from '../connections/close-web-socket';
import type { Edge } from './edge';
import { isDeeperThan } from './json-depth';
import { OwnedSocketServer } from './owned-socket';
import { hasAttachments, PacketDecoder, PacketEncoder } from './packet-parser';

const socketIoPath = '/socket.io';

/** Socket.IO as Parley uses it: WebSocket alone, and nothing kept for a client that went away. */
export class GatewayIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly edge: Edge,
  ) {
    super(app);
  }

  override createIOServer(port: number): Server {
    const server = super.createIOServer(port, this.options() as ServerOptions);
    server.engine.use(explainPolling);
    server.engine.on('connection', (socket: RawSocket) => {
      socket.on('packet', refuseFrame);
      socket.on('close', endLine);
    });
    return server;
  }

  override bindMessageHandlers(): void {
    // Nobody listens to a socket of Socket.IO: Nest would make three streams for each, all the same.
  }

  private options(): Partial<ServerOptions> {
    return {
      path: socketIoPath,
      transports: ['websocket'],
      serveClient: false,
      parser: { Encoder: PacketEncoder, Decoder: PacketDecoder },
      perMessageDeflate: false,
      wsEngine: OwnedSocketServer,
      maxHttpBufferSize: limits.frameMaxBytes,
      pingInterval: limits.pingIntervalMs,
      pingTimeout: limits.pingTimeoutMs,
      connectTimeout: limits.handshakeTimeoutMs,
      // The answer says more than engine.io's own, which knows 403 alone.
      allowRequest: (request, callback) => {
        this.edge.admit(request, () => {
          gatherWrites(request.socket);
          callback(null, true);
        });
      },
    };
  }
}

// The answer to the upgrade and Engine.IO's first packet go out in one write: a system call is a good part of a connect.
function gatherWrites(socket: Socket): void {
  socket.cork();
  setImmediate(() => socket.uncork());
}

// The stock client begins with polling and would otherwise retry for ever without a word.
function explainPolling(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (request.headers.upgrade !== undefined) return next();
  const message = "Long polling is off. Connect with the option transports: ['websocket'].";
  response.writeHead(400, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ code: 0, message }));
}

interface EnginePacket {
  type: string;
  data?: unknown;
}

interface RawSocket {
  on(event: 'packet', listener: (this: RawSocket, packet: EnginePacket) => void): void;
  on(event: 'close', listener: (this: RawSocket) => void): void;
  transport: { socket: WebSocket };
}

// Before a client is let in, too, it may send no attachments and nothing that is deeper than any request (F35). Engine.IO hands the packet on when its listeners are done, and drops what is not a message.
function refuseFrame(this: RawSocket, packet: EnginePacket): void {
  if (packet.type !== 'message' || !isRefused(packet.data)) return;
  packet.type = 'noop';
  this.transport.socket.close(1009);
  endSoon(this.transport.socket);
}

// Of its own accord Engine.IO gives a client that does not answer its close as long as it likes. One that was handed over
// is open still.
function endLine(this: RawSocket): void {
  const { socket } = this.transport;
  if (socket.readyState !== socket.OPEN) endSoon(socket);
}

function isRefused(data: unknown): boolean {
  if (typeof data !== 'string') return true;
  return hasAttachments(data) || isDeeperThan(data, limits.jsonMaxDepth + 1);
}
