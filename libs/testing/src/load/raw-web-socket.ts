import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

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
      const key = randomBytes(16).toString('base64');
      this.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
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
    if (this.ended) return;
    const length = Buffer.byteLength(text);
    if (length > 0xffff) throw new RangeError('a generator sends no frame of this size');
    const start = length < 126 ? 6 : 8;
    const frame = Buffer.allocUnsafe(start + length);
    frame[0] = 0x80 | code;
    frame[1] = 0x80 | (length < 126 ? length : 126);
    if (start === 8) frame.writeUInt16BE(length, 2);
    this.mask.copy(frame, start - 4);
    frame.write(text, start);
    const { mask } = this;
    for (let at = 0; at < length; at += 1) frame[start + at]! ^= mask[at & 3]!;
    this.socket.write(frame);
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
    while (data.length - at >= 2 && !this.ended) {
      let length = data[at + 1]! & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (data.length - at < 10) break;
        length = Number(data.readBigUInt64BE(start));
        start += 8;
      }
      if (data.length - start < length) break;
      this.readFrame(data[at]!, data, start, start + length);
      at = start + length;
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
