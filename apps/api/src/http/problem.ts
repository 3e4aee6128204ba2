import { AppError, toAppError, type ErrorCode, type ErrorKind, type Problem } from '@parley/contracts/wire';

const statusByKind: Readonly<Record<ErrorKind, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

const titleByKind: Readonly<Record<ErrorKind, string>> = {
  bad_request: 'Bad request',
  unauthenticated: 'Not authenticated',
  forbidden: 'Forbidden',
  not_found: 'Not found',
  conflict: 'Conflict',
  too_large: 'Too large',
  unsupported: 'Unsupported',
  rate_limited: 'Too many requests',
  internal: 'Internal error',
  unavailable: 'Unavailable',
};

/** The HTTP status of an error. */
export function statusOf(code: ErrorCode, kind: ErrorKind): number {
  return code === 'method.not_allowed' ? 405 : statusByKind[kind];
}

/** An error as its problem document (RFC 9457). */
export function problemOf(error: AppError, requestId: string): Problem {
  const status = statusOf(error.code, error.kind);
  return {
    type: `/docs#${error.code}`,
    title: titleByKind[error.kind],
    status,
    ...error.toBody(),
    requestId,
  };
}

/** `type` of what express's body parser throws → code. */
const bodyErrors: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'request.too_large',
  'entity.parse.failed': 'request.malformed',
  'entity.verify.failed': 'request.malformed',
  'request.size.invalid': 'request.malformed',
  'request.aborted': 'request.malformed',
  'encoding.unsupported': 'request.unsupported_media',
  'charset.unsupported': 'request.unsupported_media',
};

/** Whatever was thrown while a request ran, as an error of the catalogue. */
export function appErrorOf(thrown: unknown): AppError {
  if (typeof thrown !== 'object' || thrown === null) return toAppError(thrown);
  const { type, status } = thrown as { type?: unknown; status?: unknown };
  const bodyError = typeof type === 'string' ? bodyErrors[type] : undefined;
  if (bodyError !== undefined) return new AppError(bodyError, { cause: thrown });
  // What Nest and express themselves refuse: a URL or a body that cannot be decoded.
  const refused = thrown instanceof URIError || thrown instanceof SyntaxError || status === 400;
  return refused && !(thrown instanceof AppError)
    ? new AppError('request.malformed', { cause: thrown })
    : toAppError(thrown);
}
