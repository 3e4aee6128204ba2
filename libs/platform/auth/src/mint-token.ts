import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';

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
export async function mintToken(
  key: MintingKey,
  request: TokenRequest,
): Promise<{ token: string; expiresAt: Date }> {
  const now = Math.floor(Date.now() / 1000);
  // `iat` counts whole seconds: a token minted in the second of a revocation would otherwise be born revoked.
  const firstValid = request.validAfter ? Math.floor(request.validAfter.getTime() / 1000) + 1 : now;
  const issuedAt = Math.max(now, firstValid);
  const expiresAt = issuedAt + request.ttlSeconds;
  const jwt = new SignJWT({
    tid: key.tenantId,
    ...(request.name === undefined ? {} : { name: request.name }),
  })
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT' })
    .setSubject(request.userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt);
  if (key.issuer !== null) jwt.setIssuer(key.issuer);
  if (key.audience !== null) jwt.setAudience(key.audience);
  const token = await jwt.sign(createSecretKey(Buffer.from(key.secret)));
  return { token, expiresAt: new Date(expiresAt * 1000) };
}
