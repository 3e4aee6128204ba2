import { WebSocket } from 'ws';
import { framings, type Dialect } from '@parley/testing/load';
import { Refused, type Answer, type ClientKind, type Connection, type Received } from '../client.types';
import { Pending } from './pending';

const openWithinMs = 10_000;

/** Frames by hand, as `docs/protocol.md` describes them: what somebody writes who has no library for the language. */
export function frames(dialect: Dialect): ClientKind {
  return {
    name: dialect === 'socket.io' ? 'frames' : '/ws',
    connect: (url, token) => FrameConnection.open(dialect, url, token),
    stop: () => Promise.resolve(),
  };
}

class FrameConnection implements Connection {
  readonly received: Received[] = [];
  ended = false;
  private readonly pending = new Pending();

  private constructor(
    private readonly dialect: Dialect,
    private readonly socket: WebSocket,
  ) {}

  static open(dialect: Dialect, url: string, token: string): Promise<Connection> {
    const framing = framings[dialect];
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${framing.path}`);
    const connection = new FrameConnection(dialect, socket);
    const auth = JSON.stringify({ token });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('no `ready` came'));
        socket.terminate();
      }, openWithinMs);
      socket.on('open', () => {
        const greeting = framing.greet(auth);
        if (greeting !== undefined) socket.send(greeting);
      });
      socket.on('message', (data) => {
        const frame = (data as Buffer).toString('utf8');
        framing.read(frame, auth, {
          reply: (answer) => socket.send(answer),
          ready: () => {
            clearTimeout(timer);
            connection.take(frame);
            resolve(connection);
          },
          ack: (id, _ok, ack) => connection.pending.answer(id, connection.answerOf(ack)),
          event: (event) => connection.take(event),
          refused: (refusal) => reject(new Refused(codeOf(refusal))),
        });
      });
      socket.on('error', reject);
      socket.on('close', (code) => {
        clearTimeout(timer);
        connection.ended = true;
        connection.pending.fail(`closed with ${code}`);
        reject(new Error(`closed with ${code}`));
      });
    });
  }

  request(name: string, data: unknown): Promise<Answer> {
    const framing = framings[this.dialect];
    return this.pending.ask((id) => this.socket.send(framing.request(id, name, JSON.stringify(data))));
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close();
    await closed;
  }

  private take(frame: string): void {
    if (this.dialect === 'ws') {
      const { type, data } = JSON.parse(frame) as { type: string; data: unknown };
      this.received.push({ name: type, payload: data });
    } else {
      const [name, payload] = JSON.parse(frame.slice(2)) as [string, unknown];
      this.received.push({ name, payload });
    }
  }

  private answerOf(frame: string): Answer {
    if (this.dialect === 'ws') return JSON.parse(frame) as Answer;
    const [answer] = JSON.parse(frame.slice(frame.indexOf('['))) as [Answer];
    return answer;
  }
}

/** The code in a refusal: Socket.IO's `44{"message","data":{"code"}}`, or the answer to the first frame of `/ws`. */
function codeOf(refusal: string): string {
  const start = refusal.indexOf('{');
  const body = (start === -1 ? {} : JSON.parse(refusal.slice(start))) as {
    data?: { code?: string };
    error?: { code?: string };
  };
  return body.data?.code ?? body.error?.code ?? refusal;
}
