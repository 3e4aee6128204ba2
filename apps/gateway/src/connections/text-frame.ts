const finalText = 0x81;
const lengthIn16Bits = 126;
const lengthIn64Bits = 127;

/** A text as one WebSocket frame of a server (RFC 6455, 5.2): final, unmasked, in one buffer and so in one write. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < lengthIn16Bits ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = finalText;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = lengthIn16Bits;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = lengthIn64Bits;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start);
  return frame;
}
