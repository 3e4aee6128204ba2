import type { ErrorKind } from './error-definition';
import { errorCatalogue, type ErrorCode } from './catalogue';

/** One thing that is wrong with one field of a request. */
export interface ErrorIssue {
  /** Where, as a dotted path: `participants.0.userId`; empty for the request as a whole. */
  path: string;
  /** What is expected there. */
  message: string;
}

/** What an edge sends of an error: the body of a failed ack, and part of a problem document. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  /** Milliseconds to wait before trying again, where that is known. */
  retryAfterMs?: number;
  /** The limit that refused, with `rate_limit.exceeded`. */
  bucket?: string;
  issues?: ErrorIssue[];
}

export interface AppErrorDetails {
  /** Replaces the catalogue's sentence where a more precise one helps; never carries another tenant's or hidden data. */
  message?: string;
  retryAfterMs?: number;
  bucket?: string;
  issues?: ErrorIssue[];
  /** Kept for the log, never sent. */
  cause?: unknown;
}

/** An expected failure with a code of the catalogue. Anything else that is thrown becomes `internal.error` at the edge. */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly bucket: string | undefined;
  readonly issues: ErrorIssue[] | undefined;

  constructor(
    readonly code: ErrorCode,
    details: AppErrorDetails = {},
  ) {
    const definition = errorCatalogue[code];
    const { stackTraceLimit } = Error;
    // A refusal under load must be cheap, and where it came from is no news: a stack costs as much as the rest of it.
    if (definition.kind === 'unavailable' || definition.kind === 'rate_limited') Error.stackTraceLimit = 0;
    super(details.message ?? definition.message, { cause: details.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.kind = definition.kind;
    this.retryable = definition.retryable;
    this.retryAfterMs = details.retryAfterMs;
    this.bucket = details.bucket;
    this.issues = details.issues;
  }

  /** The part that may leave the process. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.bucket === undefined ? {} : { bucket: this.bucket }),
      ...(this.issues === undefined ? {} : { issues: this.issues }),
    };
  }
}

/** Any thrown value as an AppError; what is not one becomes `internal.error` and keeps its cause for the log. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal.error', { cause: error });
}
