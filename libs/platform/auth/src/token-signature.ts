import { createDecoder, createVerifier, TokenError } from 'fast-jwt';
import { AppError } from '@parley/contracts/wire';
import type { SigningAlgorithm } from './signing-key';

/** How far the clocks of the host product and of Parley may stand apart. */
export const leewayMs = 10_000;

export interface DecodedToken {
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
}

/** The claims of a token that this key has signed and that is valid now. @throws AppError `token.expired`, `token.invalid` */
export type SignatureCheck = (token: string) => DecodedToken['claims'];

const decode = createDecoder({ complete: true });

/** What a token says. Nothing of it is believed yet. @throws AppError `token.invalid` */
export function decodeToken(token: string): DecodedToken {
  try {
    const { header, payload } = decode(token) as {
      header: DecodedToken['header'];
      payload: DecodedToken['claims'];
    };
    return { header, claims: payload };
  } catch (cause) {
    throw new AppError('token.invalid', { cause });
  }
}

/**
 * Verifies in this thread: WebCrypto would hand each token to another one, which costs several times the HMAC. Nothing is
 * remembered of a token. `key`: the secret's bytes, or a public key as PEM; its algorithm is the only one that is taken.
 */
export function signatureCheck(algorithm: SigningAlgorithm, key: Buffer): SignatureCheck {
  const verify = createVerifier({
    key,
    algorithms: [algorithm],
    clockTolerance: leewayMs,
    requiredClaims: ['sub', 'tid', 'iat', 'exp'],
    cache: false,
  });
  return (token) => {
    try {
      return verify(token) as DecodedToken['claims'];
    } catch (cause) {
      if (!(cause instanceof TokenError)) throw cause;
      throw new AppError(cause.code === TokenError.codes.expired ? 'token.expired' : 'token.invalid', {
        cause,
      });
    }
  };
}
