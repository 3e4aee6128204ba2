import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from '../launch.error';
import { forwardRequest, forwardUpgrade } from './forward';
import { GatewayChoice, type Target } from './gateway-choice';
import { destinationOf } from './routes';
import { answerUnavailable, noSuchUpgrade, refuseUpgrade } from './problem-answers';

/** As many connections may wait to be accepted as the kernel lets: when all come back at once, none waits for its next try. */
const backlog = 65_535;

/** What the entrance stands in front of, as it is at this moment. */
export interface Behind {
  /** Those that can take requests. */
  api: () => Target[];
  gateways: () => Target[];
  answerPage: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The one address of the embedded installation, with the paths of the production entrance. */
export class Entrance {
  private readonly server: Server;
  private readonly choice = new GatewayChoice();

  constructor(private readonly behind: Behind) {
    this.server = createServer((request, response) => this.onRequest(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.onUpgrade(request, socket, head),
    );
    // Longer than common clients and proxies keep an idle connection, so that none is used while it closes.
    this.server.keepAliveTimeout = 75_000;
  }

  /** Takes the port. Throws {@link LaunchError} when that is not possible. */
  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) => reject(portError(error, port, host)));
      this.server.listen({ port, host, backlog }, () => resolve());
    });
  }

  /** Takes nothing new; requests under way may end within `graceMs`. Upgraded connections end with their gateways. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    await Promise.race([closed, delay(graceMs, undefined, { ref: false })]);
    this.server.closeAllConnections();
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const destination = destinationOf(request.url ?? '/');
    if (destination === 'page') return this.behind.answerPage(request, response);
    const target = destination === 'api' ? this.behind.api()[0] : this.choice.choose(this.behind.gateways());
    if (target) forwardRequest(request, response, target.port);
    else answerUnavailable(response);
  }

  private onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (destinationOf(request.url ?? '/') !== 'gateway') return refuseUpgrade(socket, noSuchUpgrade());
    const target = this.choice.choose(this.behind.gateways());
    if (!target) return refuseUpgrade(socket);
    socket.once('close', this.choice.opened(target));
    forwardUpgrade(request, socket, head, target.port);
  }
}

function portError(error: NodeJS.ErrnoException, port: number, host: string): LaunchError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new LaunchError(
        `Port ${port} is in use by another program: end that one, or choose another port (PORT=${port + 1} npm start).`,
      );
    case 'EACCES':
      return new LaunchError(
        `Port ${port} may not be used by this user: choose one above 1023 (PORT=3000 npm start).`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new LaunchError(
        `The address ${host} is not one of this machine: set HOST to one that is, or leave it out.`,
      );
    default:
      return new LaunchError(`Port ${port} on ${host} cannot be used: ${error.message}.`, { cause: error });
  }
}
