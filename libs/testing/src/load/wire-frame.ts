import { randomBytes } from 'node:crypto';

const longestFrame = 0xffff;
const shortLength = 126;

/** A whole frame as a client sends it, masked. @throws RangeError above 64 KiB: no client sends that */
export function clientFrame(opcode: number, text: string, mask: Buffer): Buffer {
  const length = Buffer.byteLength(text);
  if (length > longestFrame) throw new RangeError('a client sends no frame of this size');
  const start = length < shortLength ? 6 : 8;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | Math.min(length, shortLength);
  if (start === 8) frame.writeUInt16BE(length, 2);
  mask.copy(frame, start - 4);
  frame.write(text, start);
  for (let at = 0; at < length; at += 1) frame[start + at]! ^= mask[at & 3]!;
  return frame;
}

/** What asks an HTTP server for a WebSocket, without any extension. */
export function upgradeRequest(host: string, port: number, path: string): string {
  const key = randomBytes(16).toString('base64');
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
}

/** Where the first whole frame of these bytes from a server begins and ends; undefined: it is not there yet. */
export function frameBounds(data: Buffer, at: number): { start: number; end: number } | undefined {
  const left = data.length - at;
  if (left < 2) return undefined;
  let length = data[at + 1]! & 0x7f;
  let start = at + 2;
  if (length === shortLength) {
    if (left < 4) return undefined;
    length = data.readUInt16BE(start);
    start += 2;
  } else if (length > shortLength) {
    if (left < 10) return undefined;
    length = Number(data.readBigUInt64BE(start));
    start += 8;
  }
  const end = start + length;
  return end <= data.length ? { start, end } : undefined;
}
