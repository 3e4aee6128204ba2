import { types as pgTypes, type ClientConfig, type CustomTypesConfig } from 'pg';

/** Milliseconds; every wait on PostgreSQL has a bound (F8, F13). */
export const timeouts = {
  connectMs: 3_000,
  /** A hot query waits so long for its connection to open. */
  openMs: 1_400,
  /** A hot connection on which nothing is answered for so long is given up. */
  silentMs: 2_000,
  /** A transaction is answered by then, whatever becomes of it: each request within 3 s (F8). */
  transactionMs: 2_700,
  acquireMs: 2_000,
  statementMs: 5_000,
  lockMs: 1_500,
  idleInTransactionMs: 10_000,
} as const;

const bigintOid = 20;

// A seq beyond 2^53 would silently lose its last digits as a number: better no answer than a wrong one.
function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
}

const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === bigintOid && format !== 'binary'
      ? parseBigint
      : (pgTypes.getTypeParser(oid, format) as unknown)) as CustomTypesConfig['getTypeParser'],
};

/**
 * How every connection to PostgreSQL is opened. random_page_cost: the planner's default is for spinning disks and makes
 * it scan where an index is 140 times faster; jit costs more than it gains on short statements, and so do parallel workers,
 * which take the cores of those who send.
 */
export function connectionOptions(url: string, applicationName: string): ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: timeouts.connectMs,
    keepAlive: true,
    options: [
      `-c statement_timeout=${timeouts.statementMs}`,
      `-c lock_timeout=${timeouts.lockMs}`,
      `-c idle_in_transaction_session_timeout=${timeouts.idleInTransactionMs}`,
      '-c random_page_cost=1.1',
      '-c jit=off',
      '-c max_parallel_workers_per_gather=0',
      '-c search_path=public',
    ].join(' '),
    types,
  };
}
