import { io, type Socket } from 'socket.io-client';
import type { DurableEvent, ErrorBody } from '@parley/contracts/wire';
import { waitFor } from '@parley/testing';

export type AnyAck = { ok: true; data: Record<string, never> } | { ok: false; error: ErrorBody };

/** A Socket.IO client that keeps everything it gets. */
export class TestSocket {
  readonly events: { name: string; payload: unknown }[] = [];
  refused: ErrorBody | undefined;
  /** Code of the WebSocket's close. */
  closeCode: number | undefined;
  readonly socket: Socket;

  constructor(url: string, auth: Record<string, unknown>) {
    this.socket = io(url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
    this.socket.onAny((name: string, payload: unknown) => this.events.push({ name, payload }));
    this.socket.on('connect_error', (error) => {
      this.refused = (error as Error & { data?: ErrorBody }).data;
    });
    this.socket.on('disconnect', (_reason, details) => {
      const { context } = (details ?? {}) as { context?: { code?: number } };
      this.closeCode = context?.code;
    });
  }

  async ready(): Promise<void> {
    await waitFor(() => this.named('ready').length > 0, { message: 'ready' });
  }

  /** Anything as a request. An answer that never comes fails the spec; how fast it comes is for the benchmarks. */
  ask(name: string, ...parameters: unknown[]): Promise<AnyAck> {
    return this.socket.timeout(10_000).emitWithAck(name, ...parameters) as Promise<AnyAck>;
  }

  send(conversationId: string, text: string, clientMessageId = `id-${Math.random()}`): Promise<AnyAck> {
    return this.ask('message.send', { conversationId, clientMessageId, text });
  }

  named(name: string): unknown[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload);
  }

  /** The durable events of a conversation, in the order in which they came. */
  timeline(conversationId: string): DurableEvent[] {
    return this.events
      .map(({ payload }) => payload as DurableEvent)
      .filter((event) => typeof event.seq === 'number' && event.conversationId === conversationId);
  }

  seqs(conversationId: string): number[] {
    return this.timeline(conversationId).map(({ seq }) => seq);
  }

  close(): void {
    this.socket.disconnect();
  }
}
