import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { EgressOptions } from '@parley/platform/egress';
import { Health, RequestTelemetry, type Log } from '@parley/platform/telemetry';
import { Bootstrap, Origins } from '@parley/domain/tenants';
import { ApiModule, type ApiConfig } from './api.module';
import { actorIdsOf } from './http/actor-ids';
import { corsOptions, securityHeaders } from './http/response-headers';
import { FailedLogins } from './limits/failed-logins';
import { tellLimit } from './limits/limit-headers';
import { serveDocs } from './openapi/serve-docs';

/** Milliseconds. An idle connection outlives the 60 s for which proxies keep theirs, so that none is closed under a request. */
const timeouts = { keepAlive: 65_000, headers: 10_000, request: 60_000 } as const;

/** REST, listening on its port. Close it to end it. */
export async function startApi(
  config: ApiConfig,
  log: Log,
  egress: EgressOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRoot(config, log, egress), {
    // Bodies are read after the caller is known.
    bodyParser: false,
    logger: log.forNest(),
    // The caller reports a failed start; Nest would end the process before the log is written.
    abortOnError: false,
  });
  app.set('trust proxy', config.edge.trustedProxies);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(app.get(RequestTelemetry).middleware(actorIdsOf));
  app.use(securityHeaders());
  const failedLogins = app.get(FailedLogins);
  app.use((request: Request, response: Response, next: NextFunction) => {
    tellLimit(response, failedLogins.of(request));
    next();
  });
  app.enableCors(corsOptions(app.get(Origins, { strict: false })));
  serveDocs(app);
  await app.get(Bootstrap, { strict: false }).run(config.bootstrap);
  const server = app.getHttpServer();
  server.keepAliveTimeout = timeouts.keepAlive;
  server.headersTimeout = timeouts.headers;
  server.requestTimeout = timeouts.request;
  await app.listen(config.api.port, config.api.host);
  app.get(Health).markServing();
  return app;
}
