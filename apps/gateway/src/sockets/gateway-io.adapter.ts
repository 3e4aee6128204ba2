import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import { limits } from '@parley/contracts/wire';
import type { Edge } from './edge';
import { refuseUpgrade } from './handshake';

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
    server.engine.on('connection', refuseBinary);
    return server;
  }

  private options(): Partial<ServerOptions> {
    return {
      path: socketIoPath,
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: limits.frameMaxBytes,
      pingInterval: limits.pingIntervalMs,
      pingTimeout: limits.pingTimeoutMs,
      connectTimeout: limits.handshakeTimeoutMs,
      // The answer says more than engine.io's own, which knows 403 alone.
      allowRequest: (request, callback) => {
        const refusal = this.edge.refuse(request);
        if (refusal === undefined) callback(null, true);
        else refuseUpgrade(request.socket, refusal);
      },
    };
  }
}

// The stock client begins with polling and would otherwise retry for ever without a word.
function explainPolling(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (request.headers.upgrade !== undefined) return next();
  const message = "Long polling is off. Connect with the option transports: ['websocket'].";
  response.writeHead(400, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ code: 0, message }));
}

interface RawSocket {
  prependListener(event: 'data', listener: (data: unknown) => void): void;
  transport: { socket: { close(code: number): void } };
}

const binaryEvent = '5';
const binaryAck = '6';

// No request has attachments: they would only hold memory and slip past the checkers (F35).
function refuseBinary(socket: RawSocket): void {
  socket.prependListener('data', (data) => {
    const text = typeof data === 'string' ? data[0] : binaryEvent;
    if (text === binaryEvent || text === binaryAck) socket.transport.socket.close(1009);
  });
}
