import type { SocketRequestName, SocketRequests } from '@parley/contracts/wire';
import { toParleyError } from '../parley-error';
import { backoffMs, delay, type Random } from './backoff';
import type { Connection } from './transport';

export const requestTimeoutMs = 10_000;
const tries = 5;

/**
 * A request that may be repeated without harm: tried up to five times on one connection while the server says that a
 * repeat may help. Rejects with the last error.
 */
export async function requestPersistently<N extends SocketRequestName>(
  connection: Connection,
  name: N,
  input: SocketRequests[N]['input'],
  random: Random,
): Promise<SocketRequests[N]['output']> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await connection.request(name, input, requestTimeoutMs);
    } catch (thrown) {
      const error = toParleyError(thrown);
      if (!error.retryable || error.code === 'connection.lost' || attempt + 1 >= tries) throw error;
      await delay((error.retryAfterMs ?? 0) + backoffMs(attempt, random));
    }
  }
}
