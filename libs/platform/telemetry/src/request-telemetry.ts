import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { Clock } from '@parley/platform/clock';
import { Log } from './log/log';
import { Metrics } from './metrics';
import { runInRequest, type RequestActorIds, type RequestContext } from './request-context';

const requestIdForm = /^[A-Za-z0-9._:-]{1,64}$/;
/** What nginx logs for a client that went away before the answer. */
const clientClosedRequest = 499;

/** Follows each HTTP request: its id, one log line when it ends, its count and duration. */
@Injectable()
export class RequestTelemetry {
  private readonly total;
  private readonly duration;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.total = metrics.counter({
      name: 'http_requests_total',
      help: 'HTTP requests that ended.',
      labelNames: ['method', 'route', 'status'],
    });
    this.duration = metrics.histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of its answer.',
      labelNames: ['method', 'route'],
    });
  }

  /**
   * The express middleware, to be used before any other. A client's `x-request-id` (or `x-correlation-id`) is taken over
   * when it has the form of an id; the answer always names the id in `x-request-id`.
   */
  middleware(actorOf: (request: Request) => RequestActorIds): RequestHandler {
    return (request, response, next) => {
      const context = { requestId: requestIdOf(request), actor: () => actorOf(request) };
      const startedAt = this.clock.monotonicMs();
      response.setHeader('x-request-id', context.requestId);
      response.once('close', () =>
        this.ended(request, response, context, this.clock.monotonicMs() - startedAt),
      );
      runInRequest(context, next);
    };
  }

  private ended(request: Request, response: Response, context: RequestContext, ms: number): void {
    const { method } = request;
    const route = routeOf(request);
    const status = response.writableFinished ? response.statusCode : clientClosedRequest;
    this.total.inc({ method, route, status });
    this.duration.observe({ method, route }, ms / 1_000);
    // The connection's end is outside of the request's context.
    const ids = { requestId: context.requestId, ...context.actor() };
    this.log.info('http.request', { method, route, status, ms: Math.round(ms * 10) / 10, ...ids });
  }
}

function requestIdOf(request: Request): string {
  const given = request.get('x-request-id') ?? request.get('x-correlation-id');
  return given !== undefined && requestIdForm.test(given) ? given : randomUUID();
}

/** The route's pattern, never the URL: that has ids and may have secrets in it. */
function routeOf(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  return typeof route?.path === 'string' ? `${request.baseUrl}${route.path}` : 'unmatched';
}
