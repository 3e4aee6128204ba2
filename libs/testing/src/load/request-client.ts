import { FramedSocket, type SocketListener, type Target } from './framed-socket';

const readyTimeoutMs = 15_000;
const requestTimeoutMs = 30_000;

interface Waiting {
  resolve(data: unknown): void;
  reject(error: Error): void;
}

export interface Handlers {
  event?(name: string, payload: unknown): void;
  closed?(reason: string): void;
}

/** A connection that reads everything it gets, for what is asked for one by one. Heavy beside a `LoadClient`. */
export class RequestClient implements SocketListener {
  private readonly socket: FramedSocket;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private opening: Waiting | undefined;
  private ended = false;

  private constructor(
    private readonly target: Target,
    auth: string,
    private readonly handlers: Handlers,
    localAddress?: string,
  ) {
    this.socket = new FramedSocket(target, auth, this, localAddress);
  }

  /** Resolves when events come. @throws Error with the reason of a refusal */
  static open(
    target: Target,
    auth: string,
    handlers: Handlers = {},
    localAddress?: string,
  ): Promise<RequestClient> {
    return new Promise((resolve, reject) => {
      const client = new RequestClient(target, auth, handlers, localAddress);
      const timer = setTimeout(() => client.close('not ready in time'), readyTimeoutMs);
      client.opening = {
        resolve: () => {
          clearTimeout(timer);
          resolve(client);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  /** The data of the answer. @throws Error on a refusal, after 30 s, and when the connection ends */
  request<T>(name: string, input: unknown): Promise<T> {
    this.requests += 1;
    const id = this.requests;
    return new Promise<T>((resolve, reject) => {
      if (this.ended) return reject(new Error('closed'));
      const timer = setTimeout(() => this.fail(id, 'no answer'), requestTimeoutMs);
      this.waiting.set(id, {
        resolve: (data) => {
          clearTimeout(timer);
          resolve(data as T);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.socket.request(id, name, JSON.stringify(input));
    });
  }

  close(reason = 'done'): void {
    this.socket.destroy(reason);
  }

  ready(): void {
    this.opening?.resolve(undefined);
    this.opening = undefined;
  }

  ack(id: number, ok: boolean, frame: string): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    const answer = (this.target.dialect === 'ws' ? JSON.parse(frame) : firstOf(frame)) as { data: unknown };
    if (ok) waiting?.resolve(answer.data);
    else waiting?.reject(new Error(JSON.stringify(answer)));
  }

  event(frame: string): void {
    const { event } = this.handlers;
    if (event === undefined) return;
    if (this.target.dialect === 'ws') {
      const { type, data } = JSON.parse(frame) as { type: string; data: unknown };
      event(type, data);
    } else {
      const [name, payload] = JSON.parse(frame.slice(2)) as [string, unknown];
      event(name, payload);
    }
  }

  closed(reason: string): void {
    this.ended = true;
    for (const id of [...this.waiting.keys()]) this.fail(id, reason);
    if (this.opening === undefined) this.handlers.closed?.(reason);
    else this.opening.reject(new Error(reason));
    this.opening = undefined;
  }

  private fail(id: number, reason: string): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.reject(new Error(reason));
  }
}

function firstOf(frame: string): unknown {
  return (JSON.parse(frame.slice(frame.indexOf('['))) as unknown[])[0];
}
