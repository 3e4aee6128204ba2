import type { ErrorBody, ErrorCode, ErrorIssue } from '@parley/contracts/wire';

/** Failures that no server answered: the client itself has to name them. */
export type ClientErrorCode =
  | 'connection.lost'
  | 'connection.timeout'
  | 'client.closed'
  | 'message.cancelled'
  | 'outbox.failed'
  | 'response.malformed';

/** A code of the server's catalogue or of the client; a newer server may send codes that this client does not know. */
export type ParleyErrorCode = ErrorCode | ClientErrorCode | (string & Record<never, never>);

/** What every rejected promise of the client carries. Branch on `code`, show `message`. */
export class ParleyError extends Error {
  readonly code: ParleyErrorCode;
  /** Whether the very same request may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds to wait before trying again, where the server said so. */
  readonly retryAfterMs: number | undefined;
  /** The limit that refused, with `rate_limit.exceeded`. */
  readonly bucket: string | undefined;
  /** What is wrong with which field. */
  readonly issues: ErrorIssue[] | undefined;
  /** HTTP status; absent for sockets. */
  readonly status: number | undefined;
  /** Quote it when you report a problem; REST only. */
  readonly requestId: string | undefined;

  constructor(
    body: Omit<ErrorBody, 'code'> & { code: ParleyErrorCode },
    origin: { status?: number; requestId?: string; cause?: unknown } = {},
  ) {
    super(body.message, { cause: origin.cause });
    this.name = 'ParleyError';
    this.code = body.code;
    this.retryable = body.retryable;
    this.retryAfterMs = body.retryAfterMs;
    this.bucket = body.bucket;
    this.issues = body.issues;
    this.status = origin.status;
    this.requestId = origin.requestId;
  }

  /** True when a new token may help, and nothing else will. */
  get aboutToken(): boolean {
    return this.code.startsWith('token.');
  }
}

/** The connection ended, or never came, before an answer. */
export function connectionLost(message = 'The connection was lost.', cause?: unknown): ParleyError {
  return new ParleyError({ code: 'connection.lost', message, retryable: true }, { cause });
}

/** No answer in time: whether the request was carried out is not known. */
export function connectionTimeout(): ParleyError {
  return new ParleyError({
    code: 'connection.timeout',
    message: 'The server did not answer in time.',
    retryable: true,
  });
}

/** The app closed the client before an answer. */
export function clientClosed(): ParleyError {
  return new ParleyError({ code: 'client.closed', message: 'The client was closed.', retryable: true });
}

/** The app took the message back before it was sent. */
export function messageCancelled(): ParleyError {
  return new ParleyError({
    code: 'message.cancelled',
    message: 'The message was cancelled.',
    retryable: false,
  });
}

/** The outbox's storage failed, and nothing was sent. */
export function outboxFailed(cause: unknown): ParleyError {
  if (cause instanceof ParleyError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ParleyError(
    { code: 'outbox.failed', message: `The outbox failed: ${reason}`, retryable: true },
    { cause },
  );
}

/** Any thrown value as a ParleyError; what is not one counts as a lost connection. */
export function toParleyError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return connectionLost(error instanceof Error ? error.message : undefined, error);
}

/** Reads an untrusted value as the body of an error; null when it is none. */
export function readErrorBody(value: unknown): ErrorBody | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, message, retryable } = value as Partial<ErrorBody>;
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  return { ...(value as ErrorBody), retryable: retryable === true };
}
