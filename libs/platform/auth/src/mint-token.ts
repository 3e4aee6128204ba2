import { createSigner } from 'fast-jwt';

/** The key of a tenant with its secret: what a token is signed with. */
export interface MintingKey {
  tenantId: string;
  kid: string;
  algorithm: 'HS256';
  secret: string;
  issuer: string | null;
  audience: string | null;
}

export interface TokenRequest {
  userId: string;
  name?: string | undefined;
  ttlSeconds: number;
  /** The user's tokens up to this time are revoked: the new one is issued after it. */
  validAfter?: Date | null;
}

/** Signs a user token, exactly as a host product would. */
export function mintToken(key: MintingKey, request: TokenRequest): { token: string; expiresAt: Date } {
  const now = Math.floor(Date.now() / 1000);
  // `iat` counts whole seconds: a token minted in the second of a revocation would otherwise be born revoked.
  const firstValid = request.validAfter ? Math.floor(request.validAfter.getTime() / 1000) + 1 : now;
  const issuedAt = Math.max(now, firstValid);
  const expiresAt = issuedAt + request.ttlSeconds;
  const sign = createSigner({ key: Buffer.from(key.secret), algorithm: key.algorithm, kid: key.kid });
  const token = sign({
    tid: key.tenantId,
    sub: request.userId,
    ...(request.name === undefined ? {} : { name: request.name }),
    ...(key.issuer === null ? {} : { iss: key.issuer }),
    ...(key.audience === null ? {} : { aud: key.audience }),
    iat: issuedAt,
    exp: expiresAt,
  });
  return { token, expiresAt: new Date(expiresAt * 1000) };
}
