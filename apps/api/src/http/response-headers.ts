import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Origins } from '@parley/domain/tenants';
import { limitHeaders } from '../limits/limit-headers';

type CorsOptions = Exclude<
  Parameters<NestExpressApplication['enableCors']>[0],
  ((...args: never[]) => void) | undefined
>;

// Swagger UI draws itself by script, with styles and images of its own; nothing comes from elsewhere.
const docsPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
};
const apiPolicy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** What every answer says to browsers and caches, errors included (S35). */
export function securityHeaders(): RequestHandler {
  const forDocs = helmetWith(docsPolicy);
  const forApi = helmetWith(apiPolicy);
  return (request, response, next) => {
    if (request.path === '/docs' || request.path.startsWith('/docs/')) {
      forDocs(request, response, next);
      return;
    }
    response.setHeader('cache-control', 'no-store');
    forApi(request, response, next);
  };
}

function helmetWith(directives: Record<string, string[]>): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
  });
}

/**
 * Lets pages of known origins read; no other page can. A browser asks before it says whose the request is, so this is about
 * all tenants together; `OriginGuard` asks for the tenant's own.
 */
export function corsOptions(origins: Pick<Origins, 'isKnown'>): CorsOptions {
  return {
    origin: (origin, callback) => {
      if (origin === undefined) return callback(null, false);
      Promise.resolve(origins.isKnown(origin)).then(
        (known) => callback(null, known),
        (error: unknown) => callback(error as Error),
      );
    },
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'parley-act-as', 'x-request-id'],
    exposedHeaders: ['x-request-id', 'retry-after', ...limitHeaders],
    maxAge: 600,
  };
}
