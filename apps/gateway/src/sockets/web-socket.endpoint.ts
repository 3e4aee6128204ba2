import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { limits } from '@parley/contracts/wire';
import { Log } from '@parley/platform/telemetry';
import { HandshakeVerifier } from '../admission/handshake-verifier';
import { Dispatcher } from '../requests/dispatcher';
import { Sessions } from '../sessions/sessions';
import type { Edge } from './edge';
import { Heartbeats } from './heartbeats';
import { OwnedSocketServer } from './owned-socket';
import { WebSocketSession, type WebSocketServices } from './web-socket.session';

const webSocketPath = '/ws';

/** `/ws`: the same requests and events as bare JSON frames, for clients without a Socket.IO library. */
@Injectable()
export class WebSocketEndpoint {
  private readonly server = new OwnedSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameMaxBytes,
  });
  private readonly services: WebSocketServices;

  constructor(
    private readonly http: HttpAdapterHost,
    handshakes: HandshakeVerifier,
    sessions: Sessions,
    dispatcher: Dispatcher,
    heartbeats: Heartbeats,
    log: Log,
  ) {
    this.services = { handshakes, sessions, dispatcher, heartbeats, log };
  }

  /** Takes the upgrades of `/ws`; those of Socket.IO are engine.io's. Call it before the server listens. */
  attach(edge: Edge): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket: Duplex, head) => {
      if (request.url?.split('?')[0] !== webSocketPath) return;
      edge.admit(request, () => this.accept(request, socket, head));
    });
  }

  private accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      new WebSocketSession(webSocket, socket, this.services, request.headers.origin);
    });
  }
}
