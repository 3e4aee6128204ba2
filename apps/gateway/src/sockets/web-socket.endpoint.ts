import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer } from 'ws';
import { limits } from '@parley/contracts/wire';
import { Log } from '@parley/platform/telemetry';
import { HandshakeVerifier } from '../admission/handshake-verifier';
import { Dispatcher } from '../requests/dispatcher';
import { Sessions } from '../sessions/sessions';
import type { Edge } from './edge';
import { refuseUpgrade } from './handshake';
import { WebSocketSession, type WebSocketServices } from './web-socket.session';

const webSocketPath = '/ws';

/** `/ws`: the same requests and events as bare JSON frames, for clients without a Socket.IO library. */
@Injectable()
export class WebSocketEndpoint implements OnApplicationShutdown {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameMaxBytes,
  });
  private readonly clients = new Set<WebSocketSession>();
  private readonly services: WebSocketServices;
  private heartbeat: NodeJS.Timeout | undefined;
  private pongs: NodeJS.Timeout | undefined;

  constructor(
    private readonly http: HttpAdapterHost,
    handshakes: HandshakeVerifier,
    sessions: Sessions,
    dispatcher: Dispatcher,
    log: Log,
  ) {
    this.services = { handshakes, sessions, dispatcher, log };
  }

  /** Takes the upgrades of `/ws`; those of Socket.IO are engine.io's. Call it before the server listens. */
  attach(edge: Edge): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket: Duplex, head) => {
      if (request.url?.split('?')[0] !== webSocketPath) return;
      const refusal = edge.refuse(request);
      if (refusal === undefined) this.accept(request, socket, head);
      else refuseUpgrade(socket, refusal);
    });
    this.heartbeat = setInterval(() => this.ping(), limits.pingIntervalMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.pongs);
    for (const client of this.clients) client.terminate();
  }

  private accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new WebSocketSession(webSocket, socket, this.services);
      this.clients.add(client);
      webSocket.on('close', () => this.clients.delete(client));
    });
  }

  private ping(): void {
    for (const client of this.clients) client.ping();
    this.pongs = setTimeout(() => {
      for (const client of this.clients) if (!client.isAlive) client.terminate();
    }, limits.pingTimeoutMs).unref();
  }
}
