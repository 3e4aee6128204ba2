import { once } from 'node:events';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { EgressOptions } from '@parley/platform/egress';
import { Health, type Log } from '@parley/platform/telemetry';
import { GatewayModule, type GatewayConfig } from './gateway.module';
import { Edge } from './sockets/edge';
import { GatewayIoAdapter } from './sockets/gateway-io.adapter';
import { WebSocketEndpoint } from './sockets/web-socket.endpoint';

/** Milliseconds: a handshake that is not sent by then is given up (F36). */
const timeouts = { headers: 10_000, request: 30_000 } as const;
/**
 * Connections that wait to be accepted, as many as the kernel lets (net.core.somaxconn). When thousands come back at once,
 * those that find no place are not refused: their next try is after 1, 3, 7 and 15 s.
 */
const backlog = 65_535;

/** A gateway, listening on its port. Close it to end it: that drains it first. */
export async function startGateway(
  config: GatewayConfig,
  log: Log,
  egress: EgressOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.forRoot(config, log, egress), {
    bodyParser: false,
    logger: log.forNest(),
    // The caller reports a failed start; Nest would end the process before the log is written.
    abortOnError: false,
  });
  app.disable('x-powered-by');
  const edge = app.get(Edge);
  app.useWebSocketAdapter(new GatewayIoAdapter(app, edge));
  app.get(WebSocketEndpoint).attach(edge);
  const server = app.getHttpServer();
  server.headersTimeout = timeouts.headers;
  server.requestTimeout = timeouts.request;
  await app.init();
  const { port, host } = config.gateway;
  server.listen({ port, host, backlog });
  await once(server, 'listening');
  app.get(Health).markServing();
  return app;
}
