import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** A JSON object of a token: whatever its maker wrote. */
export type TokenObject = Partial<Record<string, unknown>>;

/** A token that was taken apart. None of it was checked. */
export interface SignedToken {
  readonly header: TokenObject;
  readonly payload: TokenObject;
  /** What the signature is of. */
  readonly input: string;
  readonly signature: string;
}

const form = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A JWS in its compact form (RFC 7515); undefined for what is none. */
export function readToken(token: string): SignedToken | undefined {
  const [, head = '', body = '', signature = ''] = form.exec(token) ?? [];
  const header = readObject(head);
  const payload = readObject(body);
  if (header === undefined || payload === undefined) return undefined;
  return { header, payload, input: `${head}.${body}`, signature };
}

/**
 * HS256 by node:crypto in this thread: jose, which signs them, verifies by WebCrypto in another one and needs five times
 * the CPU, which is what a handshake costs most. A test holds both to the same answers.
 */
export function isSigned({ input, signature }: SignedToken, key: KeyObject): boolean {
  const right = createHmac('sha256', key).update(input).digest();
  // As text, so that there is one spelling alone of a signature.
  const expected = Buffer.from(right.toString('base64url'));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readObject(part: string): TokenObject | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, 'base64url')));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
