import { setTimeout as delay } from 'node:timers/promises';
import type { Ack, ErrorBody, SocketRequestName, SocketRequests } from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { Call, Result } from '../history/history.types';
import type { Random } from '../random';
import { NoAnswer, type EngineIoSocket } from './engine-io-socket';

/** What became of one attempt. */
export type Outcome =
  { type: 'ok'; result: Result } | { type: 'fail'; retryable: boolean } | { type: 'unknown' };

const requestTimeoutMs = 6_000;
const giveUpShare = 0.05;
const attemptsMax = 60;

/** Codes after which it may have been done all the same. */
const undecided = new Set(['outcome.unknown', 'internal.error']);

/** The requests of one raw client, over its socket and over REST, each with its end in the history. */
export class RawRequests {
  constructor(
    private readonly who: { name: string; user: string },
    private readonly options: { token: string; apiUrl: string },
    private readonly history: History,
    private readonly socket: () => EngineIoSocket | undefined,
  ) {}

  /** One attempt; without a connection none is made. */
  async overSocket<N extends SocketRequestName>(
    call: Call,
    name: N,
    input: SocketRequests[N]['input'],
    resultOf: (data: SocketRequests[N]['output']) => Result,
  ): Promise<Outcome> {
    const socket = this.socket();
    if (socket === undefined) return { type: 'fail', retryable: true };
    return this.attempt(call, () => socket.request(name, input, requestTimeoutMs), resultOf);
  }

  async overRest<T>(
    call: Call,
    [method, path, body]: [method: string, path: string, body?: unknown],
    resultOf: (data: T) => Result,
  ): Promise<Outcome> {
    return this.attempt(call, () => this.rest<T>(method, path, body), resultOf);
  }

  private async attempt<T>(
    call: Call,
    ask: () => Promise<Ack<T>>,
    resultOf: (data: T) => Result,
  ): Promise<Outcome> {
    const open = this.history.invoke(this.who.name, this.who.user, call);
    try {
      const ack = await ask();
      if (ack.ok) {
        const result = resultOf(ack.data);
        open.ok(result);
        return { type: 'ok', result };
      }
      const { code, retryable } = ack.error;
      if (undecided.has(code)) {
        open.unknown(code);
        return { type: 'unknown' };
      }
      open.fail(code);
      return { type: 'fail', retryable };
    } catch (error) {
      open.unknown((error as Error).message);
      return { type: 'unknown' };
    }
  }

  private async rest<T>(method: string, path: string, body?: unknown): Promise<Ack<T>> {
    const response = await fetch(`${this.options.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.options.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = JSON.parse(await response.text());
    if (response.ok) return { ok: true, data: answer as T };
    const error = answer as ErrorBody;
    if (typeof error.code !== 'string') throw new NoAnswer(`status ${response.status}`);
    return { ok: false, error };
  }
}

/** Repeats mostly until the outcome is known, sometimes not; the result of the attempt that succeeded. */
export async function persistently(
  random: Random,
  attempt: () => Promise<Outcome>,
): Promise<Result | undefined> {
  for (let attempts = 1; attempts <= attemptsMax; attempts += 1) {
    const outcome = await attempt();
    if (outcome.type === 'ok') return outcome.result;
    if ((outcome.type === 'fail' && !outcome.retryable) || random.chance(giveUpShare)) return undefined;
    await delay(random.between(50, 500));
  }
  return undefined;
}
