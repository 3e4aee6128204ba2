import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testing';

export interface PlainFrame {
  id?: unknown;
  ok?: boolean;
  type?: string;
  data?: { seq?: number; message?: unknown; userId?: string };
  error?: { code: string };
}

/** A client of `/ws` that keeps everything it gets. */
export class PlainLine {
  readonly received: PlainFrame[] = [];
  /** Code of the WebSocket's close. */
  closeCode: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as PlainFrame));
    socket.on('error', () => undefined);
    socket.on('close', (code) => (this.closeCode = code));
  }

  /** `url`: of the gateway, with http. */
  static async open(url: string): Promise<PlainLine> {
    const line = new PlainLine(new WebSocket(`${url.replace('http', 'ws')}/ws`));
    await once(line.socket, 'open');
    return line;
  }

  /** One that is ready. */
  static async authenticated(url: string, token: string): Promise<PlainLine> {
    const line = await PlainLine.open(url);
    line.say({ id: 'a', type: 'auth', data: { token } });
    await waitFor(() => line.received.some(({ type }) => type === 'ready'), { message: 'ready' });
    return line;
  }

  /** Text goes as it is. */
  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }
}
