import { WebSocket, type RawData } from 'ws';
import type { Ack, SocketRequestName, SocketRequests } from '@parley/contracts/wire';

export interface SocketHandlers {
  event(name: string, payload: unknown): void;
  /** Called once, and nothing after it. */
  closed(reason: string): void;
}

const handshakeTimeoutMs = 8_000;

/** The answer did not come: what was asked for may have been done. */
export class NoAnswer extends Error {}

/**
 * Socket.IO by hand, frame by frame: Engine.IO `0` open, `2` ping, `3` pong, `4` message; in it `0` connect, `1` disconnect, `2`
 * event, `3` ack, `4` refusal. No library that repairs, buffers or drops anything stands between the wire and the history.
 */
export class EngineIoSocket {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<
    number,
    { settle: (answer: unknown) => void; fail: (error: Error) => void }
  >();
  private deadline: NodeJS.Timeout;
  private heartbeatMs = handshakeTimeoutMs;
  private requests = 0;
  private ended = false;

  constructor(
    url: string,
    private readonly token: string,
    private readonly handlers: SocketHandlers,
  ) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      handshakeTimeout: handshakeTimeoutMs,
    });
    this.deadline = setTimeout(() => this.end('no handshake'), handshakeTimeoutMs);
    this.socket.on('message', (data: RawData) => this.read((data as Buffer).toString('utf8')));
    this.socket.on('close', (code) => this.end(`closed with ${code}`));
    this.socket.on('error', (error) => this.end(error.message));
  }

  /** The server's ack. @throws NoAnswer */
  request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
    timeoutMs: number,
  ): Promise<Ack<SocketRequests[N]['output']>> {
    this.requests += 1;
    const id = this.requests;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new NoAnswer('timeout')), timeoutMs);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        reject(error);
      };
      const settle = (answer: unknown): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(answer as Ack<SocketRequests[N]['output']>);
      };
      this.waiting.set(id, { settle, fail });
      if (this.ended) fail(new NoAnswer('closed'));
      else this.socket.send(`42${id}${JSON.stringify([name, input])}`);
    });
  }

  /** Ends it from this side; `closed` is told. */
  close(reason: string): void {
    this.end(reason);
  }

  private read(frame: string): void {
    this.expectHeartbeat();
    const packet = frame.slice(0, 2);
    if (frame === '2') this.socket.send('3');
    else if (frame.startsWith('0'))
      this.open(JSON.parse(frame.slice(1)) as { pingInterval: number; pingTimeout: number });
    else if (packet === '42') this.dispatch(JSON.parse(frame.slice(2)) as [string, unknown]);
    else if (packet === '43') this.answer(frame.slice(2));
    else if (packet === '41' || packet === '44') this.end(`refused: ${frame.slice(2)}`);
  }

  private open({ pingInterval, pingTimeout }: { pingInterval: number; pingTimeout: number }): void {
    this.heartbeatMs = pingInterval + pingTimeout;
    this.socket.send(`40${JSON.stringify({ token: this.token })}`);
  }

  private dispatch([name, payload]: [string, unknown]): void {
    if (!this.ended) this.handlers.event(name, payload);
  }

  private answer(text: string): void {
    const bracket = text.indexOf('[');
    const [answer] = JSON.parse(text.slice(bracket)) as [unknown];
    this.waiting.get(Number(text.slice(0, bracket)))?.settle(answer);
  }

  private expectHeartbeat(): void {
    clearTimeout(this.deadline);
    if (!this.ended) this.deadline = setTimeout(() => this.end('no heartbeat'), this.heartbeatMs);
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.deadline);
    this.socket.on('error', () => undefined);
    this.socket.terminate();
    for (const { fail } of [...this.waiting.values()]) fail(new NoAnswer(reason));
    this.handlers.closed(reason);
  }
}
