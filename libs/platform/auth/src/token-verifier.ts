import { userIdPattern } from '@parley/contracts/dto';
import { AppError, limits } from '@parley/contracts/wire';
import type { UserActor } from './actor';
import { kidPattern } from './credentials';
import type { KeyStore } from './key-store';
import { isSigned, readToken, type SignedToken, type TokenObject } from './signed-token';
import type { SigningKey } from './signing-key';
import { assertMayEnter, type UserState, type UserStates } from './user-states';

const tokenMaxChars = 8 * 1024;
/** How far the clocks of the host product and of Parley may stand apart. */
const leewaySeconds = 10;
/** The largest time that a Date holds. */
const maxSeconds = 8_640_000_000_000;

/** The claims of a token whose signature is right. */
interface Claims {
  userId: string;
  name: string | null;
  issuedAt: number;
  expiresAt: number;
}

/** Where a token's key and user come from. */
export type SigningKeys = Pick<KeyStore, 'findSigningKey'>;
export type SeenUsers = Pick<UserStates, 'seen'>;

/** The one verification of user tokens: of REST requests and of socket handshakes. */
export class TokenVerifier {
  constructor(
    private readonly keys: SigningKeys,
    private readonly users: SeenUsers,
  ) {}

  /** @throws AppError `token.missing`, `token.invalid`, `token.expired`, `token.revoked`, `tenant.suspended`, `user.deactivated` */
  async verify(token: string): Promise<UserActor> {
    if (token === '') throw new AppError('token.missing');
    const signed = token.length > tokenMaxChars ? undefined : readToken(token);
    if (signed === undefined) throw new AppError('token.invalid');
    const key = await this.findKey(signed);
    const claims = readClaims(signed, key);
    if (key.revoked) throw new AppError('token.revoked');
    if (key.tenantStatus !== 'active') throw new AppError('tenant.suspended');
    const user = await this.users.seen(key.tenantId, claims.userId, claims.name);
    if (user === null) throw new AppError('token.invalid');
    assertMayEnter(user);
    assertNotRevoked(claims, user);
    return {
      kind: 'user',
      tenantId: key.tenantId,
      userId: claims.userId,
      role: user.role,
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
      keyId: key.id,
    };
  }

  private async findKey({ header }: SignedToken): Promise<SigningKey> {
    assertHeader(header);
    const { kid } = header;
    if (typeof kid !== 'string' || !kidPattern.test(kid)) throw new AppError('token.invalid');
    const key = await this.keys.findSigningKey(kid);
    if (key === null || header['alg'] !== key.algorithm) throw new AppError('token.invalid');
    return key;
  }
}

/** Of the header only `alg`, `kid` and `typ` mean anything: keys that a token brings along (jwk, jku, x5u) are not read. */
function assertHeader({ typ, crit }: TokenObject): void {
  // `typ` keeps tokens made for something else (uploads) from opening a session; `crit` asks for what is not known here.
  if (typ !== undefined && typ !== 'JWT') throw new AppError('token.invalid');
  if (crit !== undefined) throw new AppError('token.invalid');
}

/** Nothing of the payload means anything before the signature is right. */
function readClaims(token: SignedToken, key: SigningKey): Claims {
  if (!isSigned(token, key.material())) throw new AppError('token.invalid');
  const { payload } = token;
  const { sub, tid, iat, exp, nbf, name } = payload;
  const now = Date.now() / 1000;
  const valid =
    tid === key.tenantId &&
    typeof sub === 'string' &&
    userIdPattern.test(sub) &&
    typeof iat === 'number' &&
    Number.isFinite(iat) &&
    iat <= now + leewaySeconds &&
    typeof exp === 'number' &&
    exp <= maxSeconds &&
    (nbf === undefined || (typeof nbf === 'number' && nbf <= now + leewaySeconds)) &&
    isForUs(payload, key);
  if (!valid) throw new AppError('token.invalid');
  if (exp <= now - leewaySeconds) throw new AppError('token.expired');
  return { userId: sub, name: readName(name), issuedAt: iat, expiresAt: exp };
}

function isForUs({ iss, aud }: TokenObject, { issuer, audience }: SigningKey): boolean {
  if (issuer !== null && iss !== issuer) return false;
  return audience === null || aud === audience || (Array.isArray(aud) && aud.includes(audience));
}

/** A name is a courtesy: one that cannot be stored is left out instead of locking the user out. */
function readName(name: unknown): string | null {
  const storable =
    typeof name === 'string' &&
    name.trim() !== '' &&
    !name.includes('\u0000') &&
    name.isWellFormed() &&
    Buffer.byteLength(name) <= limits.userNameMaxChars;
  return storable ? name : null;
}

function assertNotRevoked(claims: Claims, user: UserState): void {
  if (user.tokensValidAfter !== null && claims.issuedAt * 1000 <= user.tokensValidAfter.getTime()) {
    throw new AppError('token.revoked');
  }
}
