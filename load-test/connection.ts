import { WebSocket, type MessageEvent } from 'k6/websockets';
import type { Ack, SocketRequestName, SocketRequests } from '@parley/contracts/wire';
import { framings, type Framing } from './framing.ts';
import type { Member } from './world.ts';

const requestTimeoutMs = 10_000;

export interface ConnectionHandlers {
  event(name: string, payload: unknown): void;
  /** It ended without being closed by us. */
  lost(why: string): void;
}

/** One socket of one user, frame by frame: nothing here repairs, buffers or drops anything. */
export class Connection {
  private readonly socket: WebSocket;
  private readonly framing: Framing;
  private readonly waiting = new Map<number, (ack: Ack<unknown> | undefined) => void>();
  private requests = 0;
  private ended = false;

  constructor(
    baseUrl: string,
    private readonly member: Member,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.framing = framings[member.transport];
    this.socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}${this.framing.path}`);
    this.socket.onopen = () => {
      const hello = this.framing.hello(member.token);
      if (hello !== undefined) this.socket.send(hello);
    };
    this.socket.onmessage = (message) => this.read(message);
    this.socket.onerror = (error) => this.end(error?.error ?? 'an error of the socket');
    this.socket.onclose = () => this.end('closed');
  }

  /** The ack; undefined when none came in time or the connection ended. */
  request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
  ): Promise<Ack<SocketRequests[N]['output']> | undefined> {
    if (this.ended) return Promise.resolve(undefined);
    this.requests += 1;
    const id = this.requests;
    return new Promise((resolve) => {
      const settle = (ack: Ack<unknown> | undefined): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(ack as Ack<SocketRequests[N]['output']> | undefined);
      };
      const timer = setTimeout(() => settle(undefined), requestTimeoutMs);
      this.waiting.set(id, settle);
      this.socket.send(this.framing.request(id, name, input));
    });
  }

  get isEnded(): boolean {
    return this.ended;
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.close(1000);
  }

  private read(message: MessageEvent | undefined): void {
    if (this.ended || typeof message?.data !== 'string') return;
    const said = this.framing.read(message.data, this.member.token);
    switch (said.type) {
      case 'event':
        return this.handlers.event(said.name, said.payload);
      case 'ack':
        return this.waiting.get(said.id)?.(said.ack);
      case 'reply':
        return this.socket.send(said.frame);
      case 'refused':
        return this.end(said.why);
      case 'nothing':
        return;
    }
  }

  private end(why: string): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.close();
    for (const settle of [...this.waiting.values()]) settle(undefined);
    this.handlers.lost(why);
  }
}
