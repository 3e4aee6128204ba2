import { createHash, randomBytes } from 'node:crypto';

/** Form of a `kid`; anything else in a token is refused before it is looked up. */
export const kidPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Form of a server API key. */
export const serverKeyPattern = /^psk_[A-Za-z0-9_-]{43}$/;

/** Form of an operator key. */
export const operatorKeyPattern = /^pok_[A-Za-z0-9_-]{43}$/;

export function newKid(): string {
  return `pk_${randomBytes(16).toString('base64url')}`;
}

export function newSigningSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function newServerKey(): string {
  return `psk_${randomBytes(32).toString('base64url')}`;
}

export function newOperatorKey(): string {
  return `pok_${randomBytes(32).toString('base64url')}`;
}

/** What the database keeps of a server or operator key. It has 256 random bits, so that a slow hash would protect nothing more. */
export function apiKeyHash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
