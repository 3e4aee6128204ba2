import { ZodError } from 'zod';
import { AppError, errorCatalogue } from '@parley/contracts/wire';
import { readFailure } from '@parley/platform/database';

/** What a failed attempt means: wait for what is away, try again, or never again. */
export type JobFailure = 'away' | 'passing' | 'permanent';

/** SQLSTATE classes of data that will not get better: wrong values, broken constraints. */
const permanentStates = /^(22|23)/;

export function failureOf(error: unknown): JobFailure {
  if (error instanceof AppError) {
    if (error.code === 'service.unavailable') return 'away';
    return errorCatalogue[error.code].retryable ? 'passing' : 'permanent';
  }
  if (error instanceof ZodError) return 'permanent';
  const { sqlState, unavailable } = readFailure(error);
  if (unavailable) return 'away';
  return sqlState !== undefined && permanentStates.test(sqlState) ? 'permanent' : 'passing';
}

/** A failure in a word, for people and without content: a code or the name of the error. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  const { sqlState } = readFailure(error);
  if (sqlState !== undefined) return `SQLSTATE ${sqlState}`;
  return error instanceof Error ? error.name : typeof error;
}
