import type { Server } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const lookEveryMs = 50;

/**
 * Ends connections that clients keep open, each as soon as its request is answered. Node closes only those that are idle
 * at the moment of the close: one that is busy then would hold the process until its keep-alive time is over (F16).
 */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const timer = setInterval(() => {
      if (!server.listening) server.closeIdleConnections();
    }, lookEveryMs);
    server.once('close', () => clearInterval(timer));
  }
}
