import { AppError, errorCatalogue, type ErrorCode } from '@parley/contracts/wire';
import { problemOf, statusOf } from '../http/problem';
import { wire, type Schema } from './operation';
import { takesIdempotencyKey } from './idempotency';
import type { Route } from './routes';

const always: ErrorCode[] = ['internal.error', 'service.unavailable'];
const withKey: ErrorCode[] = ['token.missing', 'token.invalid'];
const authenticated: ErrorCode[] = [
  ...withKey,
  'token.expired',
  'token.revoked',
  'tenant.suspended',
  'rate_limit.exceeded',
  'user.deactivated',
  'user.banned',
  // The user that a server key acts for.
  'user.not_found',
];
const withInput: ErrorCode[] = ['request.invalid'];
const withBody: ErrorCode[] = ['request.malformed', 'request.too_large', 'request.unsupported_media'];

/** Every code that the route may answer with: its own, and those that come with what it takes. */
export function errorCodesOf(route: Route): ErrorCode[] {
  const { path, operation } = route;
  const hasInput = operation?.body !== undefined || operation?.query !== undefined || path.includes(':');
  return [
    ...new Set([
      ...(operation?.errors ?? []),
      ...(hasInput ? withInput : []),
      ...(operation?.body === undefined ? [] : withBody),
      ...(takesIdempotencyKey(route) ? (['idempotency.key_conflict'] as const) : []),
      ...identityCodes(route),
      ...always,
    ]),
  ];
}

function identityCodes({ public: open, forOperators, operation }: Route): readonly ErrorCode[] {
  if (open) return [];
  if (forOperators) return [...withKey, 'token.revoked', 'scope.missing'];
  return operation?.scope === undefined ? authenticated : [...authenticated, 'scope.missing'];
}

/** Status → response object, each with an example of every code. */
export function errorResponses(codes: readonly ErrorCode[]): Record<string, Schema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = statusOf(code, errorCatalogue[code].kind);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const statuses = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(statuses.map(([status, group]) => [status, errorResponse(group)]));
}

function errorResponse(codes: ErrorCode[]): Schema {
  const examples: Schema = {};
  for (const code of codes) examples[code] = { value: problemOf(new AppError(code), exampleRequestId) };
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].message}`).join('\n\n'),
    content: {
      'application/problem+json': { schema: wire('Problem'), examples },
    },
  };
}

const exampleRequestId = '6d0d0c9e-4c55-4a52-9a94-8f1a3a3c7a10';
