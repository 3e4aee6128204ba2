import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Ack, DurableEvent, SocketRequestName, SocketRequests } from '@parley/contracts/wire';

/** A bare socket that writes down every durable event as it comes, without any help of our SDK: what it lacks is lacking. */
export class Recorder {
  readonly events: DurableEvent[] = [];
  /** Called for each durable event as it comes. */
  onEvent: (event: DurableEvent) => void = () => undefined;
  private readonly socket: Socket;

  private constructor(url: string, token: string) {
    this.socket = io(url, {
      transports: ['websocket'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    });
    this.socket.onAny((_name: string, payload: unknown) => {
      if (!isDurable(payload)) return;
      this.events.push(payload);
      this.onEvent(payload);
    });
  }

  /** Resolves when the server has said `ready`: what is committed from then on must arrive. */
  static async connect(url: string, token: string): Promise<Recorder> {
    const recorder = new Recorder(url, token);
    await new Promise<void>((resolve, reject) => {
      recorder.socket.once('ready', () => resolve());
      recorder.socket.once('connect_error', reject);
    });
    return recorder;
  }

  /** The ack of a request, whatever it says; what a busy machine puts off is asked again when it says so. */
  async request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
  ): Promise<Ack<SocketRequests[N]['output']>> {
    type Answer = Ack<SocketRequests[N]['output']>;
    const ack = (await this.socket.timeout(10_000).emitWithAck(name, input)) as Answer;
    if (ack.ok || ack.error.code !== 'service.overloaded') return ack;
    await delay(ack.error.retryAfterMs);
    return this.request(name, input);
  }

  /** Any bytes under any name, for what no honest client sends. */
  raw(name: string, ...payload: unknown[]): Promise<Ack<unknown>> {
    return this.socket.timeout(10_000).emitWithAck(name, ...payload) as Promise<Ack<unknown>>;
  }

  of(conversationId: string): DurableEvent[] {
    return this.events.filter((event) => event.conversationId === conversationId);
  }

  seqs(conversationId: string): number[] {
    return this.of(conversationId).map(({ seq }) => seq);
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  close(): void {
    this.socket.disconnect();
  }
}

function isDurable(payload: unknown): payload is DurableEvent {
  return typeof payload === 'object' && payload !== null && 'seq' in payload && 'conversationId' in payload;
}

/** [from, from + 1, … to] */
export function dense(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
