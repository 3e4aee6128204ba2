import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAck, TestSocket } from './test-socket';

export interface LoadEntry {
  text: string;
  ms: number;
  ack: AnyAck | undefined;
}

/** Sends through a socket, one message after the other, until it is stopped; each request is asked once. */
export class Load {
  readonly entries: LoadEntry[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly socket: TestSocket,
    private readonly conversationId: string,
    private readonly pauseMs = 20,
  ) {
    this.done = this.run();
  }

  get acked(): LoadEntry[] {
    return this.entries.filter(({ ack }) => ack?.ok);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const text = randomUUID();
      const startedAt = performance.now();
      const ack = await this.socket.socket
        .timeout(5_000)
        .emitWithAck('message.send', { conversationId: this.conversationId, clientMessageId: text, text })
        .then((answer: AnyAck) => answer)
        .catch(() => undefined);
      this.entries.push({ text, ms: performance.now() - startedAt, ack });
      await delay(this.pauseMs);
    }
  }
}
