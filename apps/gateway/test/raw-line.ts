import { connect, type Socket } from 'node:net';

/** A client of a WebSocket that may say anything, byte by byte, and keeps what it hears. */
export class RawLine {
  received = '';
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => (this.received += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static open(url: string, path: string): RawLine {
    const { hostname, port } = new URL(url);
    const line = new RawLine(connect({ host: hostname, port: Number(port) }));
    line.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    return line;
  }

  write(...frames: Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  end(): void {
    this.socket.destroy();
  }
}

export interface FrameParts {
  opcode?: number;
  final?: boolean;
}

/** A frame of a client, masked by zeros, so that its content is to be read as it is. */
export function clientFrame(content: string | Buffer, { opcode = 1, final = true }: FrameParts = {}): Buffer {
  const data = Buffer.from(content);
  const first = (final ? 0x80 : 0) | opcode;
  const mask = [0, 0, 0, 0];
  if (data.length < 126) return Buffer.concat([Buffer.from([first, 0x80 | data.length, ...mask]), data]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(data.length));
  const head =
    data.length <= 0xffff ? [first, 0x80 | 126, ...length.subarray(6)] : [first, 0x80 | 127, ...length];
  return Buffer.concat([Buffer.from([...head, ...mask]), data]);
}
