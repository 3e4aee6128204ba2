import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientFrame, frameBounds, upgradeRequest } from './wire-frame';

export interface Address {
  host: string;
  port: number;
  path: string;
  /** One of 127.0.0.x, so that many connections find a port. */
  localAddress?: string;
}

export interface RawHandlers {
  opened(): void;
  text(frame: string): void;
  /** Once, and nothing after it. */
  closed(reason: string): void;
}

const opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const;
// One for all: it is read synchronously, what is left of it is copied.
const readBuffer = Buffer.allocUnsafe(64 * 1024);

/**
 * A WebSocket by hand, as cheap as it gets: whole text frames, no extension, no fragments. What a library adds per frame would be
 * measured as if it were the server's.
 */
export class RawWebSocket {
  private readonly socket: Socket;
  private readonly mask = randomBytes(4);
  private rest: Buffer | undefined;
  private isOpen = false;
  private ended = false;

  constructor(
    { host, port, path, localAddress }: Address,
    private readonly handlers: RawHandlers,
  ) {
    const onread = { buffer: readBuffer, callback: (length: number) => this.take(length) };
    this.socket = connect({ host, port, localAddress, noDelay: true, onread });
    this.socket.on('connect', () => {
      this.socket.write(upgradeRequest(host, port, path));
    });
    this.socket.on('error', (error) => this.end(error.message));
    this.socket.on('close', () => this.end('closed'));
  }

  send(text: string): void {
    this.write(opcode.text, text);
  }

  /** Ends it at once, without a word to the other side. */
  destroy(reason: string): void {
    this.end(reason);
  }

  private write(code: number, text: string): void {
    if (!this.ended) this.socket.write(clientFrame(code, text, this.mask));
  }

  private take(length: number): boolean {
    const fresh = readBuffer.subarray(0, length);
    const data = this.rest === undefined ? fresh : Buffer.concat([this.rest, fresh]);
    const used = this.isOpen ? this.readFrames(data, 0) : this.readHandshake(data);
    // A copy: the buffer serves the next socket.
    this.rest = used === data.length || this.ended ? undefined : Buffer.from(data.subarray(used));
    return true;
  }

  private readHandshake(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    if (end === -1) return 0;
    const head = data.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101')) {
      this.end(`refused: ${head.split('\r\n')[0]}`);
      return data.length;
    }
    this.isOpen = true;
    this.handlers.opened();
    return this.readFrames(data, end + 4);
  }

  private readFrames(data: Buffer, from: number): number {
    let at = from;
    while (!this.ended) {
      const bounds = frameBounds(data, at);
      if (bounds === undefined) break;
      this.readFrame(data[at]!, data, bounds.start, bounds.end);
      at = bounds.end;
    }
    return at;
  }

  private readFrame(first: number, data: Buffer, start: number, end: number): void {
    const code = first & 0x0f;
    if (code === opcode.text) this.handlers.text(data.toString('utf8', start, end));
    else if (code === opcode.ping) this.write(opcode.pong, data.toString('utf8', start, end));
    else if (code === opcode.close)
      this.end(`closed with ${end - start >= 2 ? data.readUInt16BE(start) : 1005}`);
    if ((first & 0x80) === 0) this.end('a fragment came');
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.destroy();
    this.handlers.closed(reason);
  }
}
