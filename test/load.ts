import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { System } from '@parley/testing';
import type { Recorder } from './recorder';

/** How one request ended. */
export interface Answer {
  ms: number;
  /** `ok`, `retryable`, else the code of a refusal for good or what went wrong. */
  outcome: string;
}

export interface LoadEntry extends Answer {
  text: string;
  ackedAt: number;
}

/** Sends one message after the other until it is stopped; each is asked once. */
export class Load {
  readonly entries: LoadEntry[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly send: (text: string) => Promise<Answer>,
    private readonly pauseMs = 25,
  ) {
    this.done = this.run();
  }

  get acked(): LoadEntry[] {
    return this.entries.filter(({ outcome }) => outcome === 'ok');
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const text = randomUUID();
      this.entries.push({ text, ...(await this.send(text)), ackedAt: performance.now() });
      await delay(this.pauseMs);
    }
  }
}

export function sendOverSocket(
  recorder: Recorder,
  conversationId: string,
): (text: string) => Promise<Answer> {
  return (text) =>
    timed(async () => {
      const ack = await recorder.request('message.send', { conversationId, clientMessageId: text, text });
      return ack.ok ? 'ok' : ack.error.retryable ? 'retryable' : ack.error.code;
    });
}

export function askOverSocket(recorder: Recorder, name: string, input: object): Promise<Answer> {
  return timed(async () => {
    const ack = await recorder.raw(name, input);
    return ack.ok ? 'ok' : ack.error.retryable ? 'retryable' : ack.error.code;
  });
}

/** A REST call, whose answer must be a success or a 503 that says that a retry may help. */
export function askOverRest(
  system: System,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  return timed(async () => {
    const response = await fetch(`${system.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const problem = (await response.json()) as { code?: string; retryable?: boolean };
    if (response.ok) return 'ok';
    return response.status === 503 && problem.retryable
      ? 'retryable'
      : (problem.code ?? `status ${response.status}`);
  });
}

async function timed(ask: () => Promise<string>): Promise<Answer> {
  const startedAt = performance.now();
  const outcome = await ask().catch((error: unknown) => `no answer: ${String(error)}`);
  return { ms: performance.now() - startedAt, outcome };
}
