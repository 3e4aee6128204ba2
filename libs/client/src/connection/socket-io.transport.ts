import { io, type Socket } from 'socket.io-client';
import type { Ack, SocketRequestName, SocketRequests } from '@parley/contracts/wire';
import { ParleyError, connectionLost, connectionTimeout, readErrorBody } from '../parley-error';
import type { Closing, Connection, Transport, TransportHandlers } from './transport';

type AnySocket = Socket<
  Record<string, (payload: unknown) => void>,
  Record<string, (input: unknown, ack: (answer: unknown) => void) => void>
>;

/** Socket.IO over WebSocket alone: without polling there is no need for sticky sessions. */
export class SocketIoTransport implements Transport {
  /** `url` is the server's entrance, such as `https://chat.example.com` or one with a path. */
  constructor(private readonly url: string) {}

  connect(token: string, handlers: TransportHandlers): Connection {
    const { origin, pathname } = new URL(this.url);
    const socket: AnySocket = io(origin, {
      path: `${pathname.replace(/\/+$/, '')}/socket.io`,
      transports: ['websocket'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    });
    return new SocketIoConnection(socket, handlers);
  }
}

class SocketIoConnection implements Connection {
  private ended = false;

  constructor(
    private readonly socket: AnySocket,
    private readonly handlers: TransportHandlers,
  ) {
    socket.io.on('open', () => {
      if (!this.ended) handlers.opened();
    });
    socket.onAny((name: string, payload: unknown) => {
      if (!this.ended) handlers.event(name, payload);
    });
    socket.on('connect_error', (error) => this.end(closingOfRefusal(error)));
    socket.on('disconnect', (reason, details) => {
      const code = closeCodeOf(details);
      this.end({ kind: 'lost', message: reason, ...(code === undefined ? {} : { code }) });
    });
  }

  async request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
    timeoutMs: number,
  ): Promise<SocketRequests[N]['output']> {
    // Socket.IO would keep it and flush it at the next connection; retries are the outbox's work alone.
    if (!this.socket.connected) throw connectionLost();
    const answer = await this.ask(name, input, timeoutMs);
    if (answer?.ok === true) return answer.data;
    throw new ParleyError(
      readErrorBody(answer?.error) ?? {
        code: 'response.malformed',
        message: 'The server gave an answer that is not one.',
        retryable: true,
      },
    );
  }

  close(): void {
    this.ended = true;
    this.socket.disconnect();
  }

  private async ask<N extends SocketRequestName>(
    name: N,
    input: unknown,
    timeoutMs: number,
  ): Promise<Ack<SocketRequests[N]['output']> | undefined> {
    try {
      return (await this.socket.timeout(timeoutMs).emitWithAck(name, input)) as Ack<
        SocketRequests[N]['output']
      >;
    } catch (error) {
      throw this.socket.connected ? connectionTimeout() : connectionLost(undefined, error);
    }
  }

  private end(closing: Closing): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.disconnect();
    this.handlers.closed(closing);
  }
}

function closingOfRefusal(error: Error & { data?: unknown }): Closing {
  const body = readErrorBody(error.data);
  return body ? { kind: 'refused', error: body } : { kind: 'lost', message: error.message };
}

// Engine.IO hands the WebSocket's close event through as `context`; a refusal of the server has its code there.
function closeCodeOf(details: unknown): number | undefined {
  const context = (details as { context?: { code?: unknown } } | undefined)?.context;
  return typeof context?.code === 'number' ? context.code : undefined;
}
