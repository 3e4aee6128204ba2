import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Log } from '../log/log';
import { Metrics } from '../metrics';
import { Health, healthStatusCode } from './health';

export interface InternalServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

export const internalServerOptions = Symbol('InternalServerOptions');

/** `/metrics`, `/health/live` and `/health/ready` of this process, on a port that the internet never sees. */
@Injectable()
export class InternalServer implements OnModuleInit, OnApplicationShutdown {
  private readonly server: Server;

  constructor(
    @Inject(internalServerOptions) private readonly options: InternalServerOptions,
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @throws Error with a sentence that names the setting when the port cannot be had. */
  async onModuleInit(): Promise<void> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => {
        const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${cause.code})`;
        reject(new Error(`Port ${port} on ${host} ${why}: set INTERNAL_PORT to another one.`, { cause }));
      });
      this.server.listen(port, host, resolve);
    });
    this.server
      .removeAllListeners('error')
      .on('error', (error) => this.log.error('internal_server.failed', { error }));
  }

  /** It closes among the last: until then it tells that the process is stopping. */
  async onApplicationShutdown(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.answer(request, response);
    } catch (error) {
      this.log.error('internal_server.failed', { error });
      send(response, 500, 'text/plain', 'failed\n');
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', '');
    switch (request.url?.split('?')[0]) {
      case '/metrics':
        return send(response, 200, this.metrics.contentType, await this.metrics.render());
      case '/health/live':
        return sendJson(response, 200, { status: 'ok' });
      case '/health/ready': {
        const report = await this.health.report();
        return sendJson(response, healthStatusCode(report.status), report);
      }
      default:
        return send(response, 404, 'text/plain', 'Here are /metrics, /health/live and /health/ready.\n');
    }
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
