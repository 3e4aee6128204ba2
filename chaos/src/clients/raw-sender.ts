import { setTimeout as delay } from 'node:timers/promises';
import type { Ack, ErrorBody, MessagePage, SendResult } from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { Call } from '../history/history.types';
import type { Random } from '../random';
import { NoAnswer, type EngineIoSocket } from './engine-io-socket';

interface SenderOptions {
  token: string;
  apiUrl: string;
}

type Outcome = { type: 'ok' } | { type: 'fail' | 'unknown'; retryable: boolean };

const requestTimeoutMs = 6_000;
const restShare = 0.3;
const giveUpShare = 0.05;
const attemptsMax = 60;

/** Codes after which it may have been done all the same. */
const undecided = new Set(['outcome.unknown', 'internal.error']);

/** Sends over the socket and over REST, and repeats with the same key: mostly until it knows, sometimes not. */
export class RawSender {
  constructor(
    private readonly who: { name: string; user: string },
    private readonly options: SenderOptions,
    private readonly history: History,
    private readonly random: Random,
    private readonly socket: () => EngineIoSocket | undefined,
  ) {}

  async send(conversation: string, key: string, body: string): Promise<boolean> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const outcome = this.random.chance(restShare)
        ? await this.overRest(conversation, key, body)
        : await this.overSocket(conversation, key, body);
      if (outcome.type === 'ok') return true;
      if (!outcome.retryable || this.random.chance(giveUpShare)) return false;
      await delay(this.random.between(50, 500));
    }
    return false;
  }

  /** One attempt; without a connection none is made. */
  async overSocket(conversation: string, key: string, body: string): Promise<Outcome> {
    const socket = this.socket();
    if (socket === undefined) return { type: 'fail', retryable: true };
    const input = { conversationId: conversation, clientMessageId: key, text: body };
    return this.attempt({ name: 'send', conversation, key, body }, () =>
      socket.request('message.send', input, requestTimeoutMs),
    );
  }

  async overRest(conversation: string, key: string, body: string): Promise<Outcome> {
    return this.attempt({ name: 'send', conversation, key, body }, () =>
      this.rest<SendResult>('POST', `/v1/conversations/${conversation}/messages`, {
        text: body,
        clientMessageId: key,
      }),
    );
  }

  /** Reads one page of history; whatever comes of it is in the history of the run. */
  async page(conversation: string, after: number, limit: number): Promise<void> {
    const { name, user } = this.who;
    const call = this.history.invoke(name, user, { name: 'page', conversation, after, limit });
    try {
      const path = `/v1/conversations/${conversation}/messages?after=${after}&limit=${limit}`;
      const ack = await this.rest<MessagePage>('GET', path);
      if (!ack.ok) return call.fail(ack.error.code);
      const { data, page } = ack.data;
      call.ok({ name: 'page', places: data.map(({ seq, id }) => [seq, id]), next: page.after });
    } catch (error) {
      call.unknown((error as Error).message);
    }
  }

  private async attempt(
    call: Extract<Call, { name: 'send' }>,
    ask: () => Promise<Ack<SendResult>>,
  ): Promise<Outcome> {
    const open = this.history.invoke(this.who.name, this.who.user, call);
    try {
      const ack = await ask();
      if (ack.ok) {
        const { message, duplicate } = ack.data;
        open.ok({ name: 'send', id: message.id, seq: message.seq, duplicate });
        return { type: 'ok' };
      }
      const { code, retryable } = ack.error;
      if (undecided.has(code)) {
        open.unknown(code);
        return { type: 'unknown', retryable: true };
      }
      open.fail(code);
      return { type: 'fail', retryable };
    } catch (error) {
      open.unknown((error as Error).message);
      return { type: 'unknown', retryable: true };
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
