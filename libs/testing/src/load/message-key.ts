/** What a message's key tells to whoever receives it: which step sent it, as which message, and when it was due. */
export interface MessageKey {
  step: number;
  number: number;
  dueMicros: number;
}

/** A `clientMessageId` that carries it. */
export function encodeKey({ step, number, dueMicros }: MessageKey): string {
  return `load.${step.toString(36)}.${number.toString(36)}.${Math.round(dueMicros).toString(36)}`;
}

/** Undefined: it is not a message of a load generator. */
export function decodeKey(text: string): MessageKey | undefined {
  const [mark, step, number, due] = text.split('.');
  if (mark !== 'load' || step === undefined || number === undefined || due === undefined) return undefined;
  return { step: parseInt(step, 36), number: parseInt(number, 36), dueMicros: parseInt(due, 36) };
}

/** Of a set of (seq, key): the sum of these is the same in whatever order they came, and differs when one is missing or another. */
export function fingerprint(seq: number, { step, number }: MessageKey): number {
  const mixed = Math.imul(seq ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  return (mixed ^ Math.imul(step + 1, 0x27d4eb2f)) >>> 0;
}
