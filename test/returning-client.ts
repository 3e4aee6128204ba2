import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Ack, SendResult } from '@parley/contracts/wire';

/** What a good client does by itself: it goes to another gateway when told to or cut off, and retries with the same key. */
export class ReturningClient {
  /** Texts whose send was acked. */
  readonly acked: string[] = [];
  /** Sends whose gateway went away before it answered. */
  unanswered = 0;
  /** Refusals that a retry may not heal. */
  readonly refused: string[] = [];
  private running = true;
  private closed = false;
  private socket: Promise<Socket>;

  constructor(
    private readonly urls: string[],
    private readonly token: string,
    private gateway: number,
  ) {
    this.socket = this.connect();
  }

  async ready(): Promise<void> {
    await this.socket;
  }

  /** Sends one message after the other until it is stopped; resolves when the last one is acked. */
  async sendOn(conversationId: string, pauseMs: number): Promise<void> {
    while (this.running) {
      await this.send(conversationId, randomUUID());
      await delay(pauseMs);
    }
  }

  stop(): void {
    this.running = false;
  }

  async close(): Promise<void> {
    this.stop();
    this.closed = true;
    (await this.socket).disconnect();
  }

  private async send(conversationId: string, text: string): Promise<void> {
    for (;;) {
      const socket = await this.socket;
      const ack = await (
        socket
          .timeout(5_000)
          .emitWithAck('message.send', { conversationId, clientMessageId: text, text }) as Promise<
          Ack<SendResult>
        >
      ).catch(() => undefined);
      if (ack?.ok) return void this.acked.push(text);
      if (ack === undefined) this.unanswered += 1;
      else if (!ack.error.retryable) return void this.refused.push(ack.error.code);
      await delay(50);
    }
  }

  private async connect(): Promise<Socket> {
    for (;;) {
      const url = this.urls[(this.gateway += 1) % this.urls.length] ?? '';
      const socket = io(url, {
        transports: ['websocket'],
        auth: { token: this.token },
        reconnection: false,
        forceNew: true,
      });
      const connected = await new Promise<boolean>((resolve) => {
        socket.once('ready', () => resolve(true));
        socket.once('connect_error', () => resolve(false));
        socket.once('disconnect', () => resolve(false));
      });
      if (connected) return this.follow(socket);
      socket.disconnect();
      await delay(50 + Math.random() * 100);
    }
  }

  private follow(socket: Socket): Socket {
    let moved = false;
    const move = (): void => {
      if (!moved && !this.closed) this.socket = this.connect();
      moved = true;
    };
    socket.on('disconnect', move);
    socket.on('drain', ({ afterMs }: { afterMs: number }) => void this.leave(socket, afterMs, move));
    return socket;
  }

  /** New requests go to the other gateway first; the old socket ends when all of its are answered. */
  private async leave(socket: Socket, afterMs: number, move: () => void): Promise<void> {
    await delay(afterMs);
    move();
    await this.socket;
    await delay(200);
    socket.disconnect();
  }
}
