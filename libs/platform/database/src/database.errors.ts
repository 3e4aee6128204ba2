import { AppError } from '@parley/contracts/wire';

/** A failure of PostgreSQL, reduced to what decides what happens next. */
export interface DatabaseFailure {
  /** SQLSTATE, where the server gave one. */
  sqlState?: string;
  /** Two transactions stood in each other's way: the same work may be tried again at once. */
  conflict: boolean;
  /** No connection, or the server is going down or coming up. */
  unavailable: boolean;
}

const conflictStates = new Set(['40001', '40P01', '55P03']);
const unavailableStates = /^(08|53|57P0|25006|58)/;
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENOENT',
]);
const unavailableMessages =
  /Connection terminated|connection timeout|timeout expired|Query read timeout|timeout exceeded when trying to connect|not queryable|Client was closed|has been closed/i;

interface ErrorWithState {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } };
}

function stateOf(error: ErrorWithState): string | undefined {
  const original = error.meta?.driverAdapterError?.cause?.originalCode;
  if (typeof original === 'string') return original;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Reads a thrown value of `pg` or Prisma. */
export function readFailure(thrown: unknown): DatabaseFailure {
  if (typeof thrown !== 'object' || thrown === null) return { conflict: false, unavailable: false };
  const error = thrown as ErrorWithState;
  const state = stateOf(error);
  const sqlState = state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? state : undefined;
  const conflict = (sqlState !== undefined && conflictStates.has(sqlState)) || state === 'P2034';
  const unavailable =
    (sqlState !== undefined && unavailableStates.test(sqlState)) ||
    (state !== undefined &&
      (unavailableCodes.has(state) || /^P(1001|1002|1008|1017|2024|2028)$/.test(state))) ||
    (typeof error.message === 'string' && unavailableMessages.test(error.message));
  return { ...(sqlState === undefined ? {} : { sqlState }), conflict, unavailable };
}

/**
 * What a caller is told of a database failure: retryable codes for what heals by itself, the thrown value itself for
 * anything that is not the database's fault.
 */
export function databaseError(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const failure = readFailure(thrown);
  if (failure.conflict) return new AppError('conversation.busy', { retryAfterMs: 200, cause: thrown });
  // 57014: the statement's time was up.
  if (failure.unavailable || failure.sqlState === '57014') {
    return new AppError('service.unavailable', { retryAfterMs: 1_000, cause: thrown });
  }
  return thrown;
}
