import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { signatureCheck, type SignatureCheck } from '../token-signature';

/** Algorithms of keys whose private half Parley never sees. Each belongs to a kind of key. */
export const publicAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type PublicAlgorithm = (typeof publicAlgorithms)[number];

export interface PublicKey {
  readonly algorithm: PublicAlgorithm;
  readonly check: SignatureCheck;
}

/** By `kid`. */
export type PublicKeys = ReadonlyMap<string, PublicKey>;

/** Form of a `kid` in a JWKS, as the identity providers make them: base64, hex, dates, thumbprints. */
export const publicKidPattern = /^(?!.*\.\.)[A-Za-z0-9_+/=.:@-]{1,256}$/;

const keysMax = 64;
/** A key of more bits would only make every verification dearer. */
const rsaMaxBits = 4_096;
const rsaMinBits = 2_048;
const exponentMaxBytes = 4;
const bitsPerByte = 8;

const jwks = z.object({ keys: z.array(z.unknown()).max(keysMax) });
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const named = {
  kid: z.string().regex(publicKidPattern),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((uses) => uses.includes('verify'))
    .optional(),
};
// What is not listed is dropped: certificates, and the private half that somebody published by mistake.
const forms: Record<PublicAlgorithm, z.ZodType<JsonWebKey & { kid: string }>> = {
  RS256: z.object({
    ...named,
    alg: z.literal('RS256').optional(),
    kty: z.literal('RSA'),
    n: base64url.refine((n) => isBetween(bitsOf(n), rsaMinBits, rsaMaxBits)),
    e: base64url.refine((e) => bytesOf(e).length <= exponentMaxBytes),
  }),
  ES256: z.object({
    ...named,
    alg: z.literal('ES256').optional(),
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: base64url,
    y: base64url,
  }),
  EdDSA: z.object({
    ...named,
    alg: z.literal('EdDSA').optional(),
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: base64url,
  }),
};

/**
 * The keys of a JWK Set that may verify tokens: those with a `kid`, for signatures, of an algorithm that is taken here.
 * Others in it are for others. Of two with one `kid` the first counts.
 * @throws SyntaxError when it is no JWK Set
 */
export function readPublicKeys(text: string): PublicKeys {
  const { data } = jwks.safeParse(JSON.parse(text));
  if (data === undefined) throw new SyntaxError(`A JWK Set of at most ${keysMax} keys was expected.`);
  const keys = new Map<string, PublicKey>();
  for (const entry of data.keys) {
    const found = readKey(entry);
    if (found !== null && !keys.has(found.kid)) keys.set(found.kid, found);
  }
  return keys;
}

function readKey(entry: unknown): (PublicKey & { kid: string }) | null {
  for (const algorithm of publicAlgorithms) {
    const { data } = forms[algorithm].safeParse(entry);
    if (data === undefined) continue;
    try {
      const pem = createPublicKey({ key: data, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      return { kid: data.kid, algorithm, check: signatureCheck(algorithm, Buffer.from(pem)) };
    } catch {
      // A point that is not on its curve, for one: no key.
      return null;
    }
  }
  return null;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function bitsOf(text: string): number {
  const bytes = bytesOf(text);
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first === -1) return 0;
  return (bytes.length - first) * bitsPerByte - (Math.clz32(bytes[first] ?? 0) - 24);
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
