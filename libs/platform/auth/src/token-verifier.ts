import { userIdPattern, uuidPattern } from '@parley/contracts/dto';
import { AppError, limits } from '@parley/contracts/wire';
import type { UserActor } from './actor';
import { kidPattern } from './credentials';
import { publicAlgorithms, publicKidPattern } from './jwks/public-keys';
import type { PublishedKeys } from './jwks/published-keys';
import type { KeyStore } from './key-store';
import type { SigningKey } from './signing-key';
import { decodeToken, leewayMs, type DecodedToken } from './token-signature';
import { assertMayEnter, type UserState, type UserStates } from './user-states';

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
export interface SigningKeys {
  /** Shared secrets, by their kid: one of the whole installation. */
  secrets: Pick<KeyStore, 'findSigningKey'>;
  /** Public keys, by tenant and kid. */
  published: Pick<PublishedKeys, 'find'>;
}
export type SeenUsers = Pick<UserStates, 'seen'>;

/** The one verification of user tokens: of REST requests and of socket handshakes. */
export class TokenVerifier {
  constructor(
    private readonly keys: SigningKeys,
    private readonly users: SeenUsers,
  ) {}

  /** @throws AppError `token.missing`, `token.invalid`, `token.expired`, `token.revoked`, `tenant.suspended`, `user.deactivated`, `user.banned` */
  async verify(token: string): Promise<UserActor> {
    if (token === '') throw new AppError('token.missing');
    const key = await this.findKey(readToken(token));
    const claims = readClaims(key.check(token), key);
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
      invisible: user.invisible,
    };
  }

  private async findKey(decoded: DecodedToken): Promise<SigningKey> {
    const key = await this.lookUp(decoded);
    if (key === null || decoded.header.alg !== key.algorithm) throw new AppError('token.invalid');
    return key;
  }

  /** The algorithm says where to look, and nothing more: the key that is found has its own. */
  private async lookUp({ header: { alg, kid }, claims: { tid } }: DecodedToken): Promise<SigningKey | null> {
    if (typeof kid !== 'string') return null;
    if (alg === 'HS256') return kidPattern.test(kid) ? this.keys.secrets.findSigningKey(kid) : null;
    const isPublic = publicAlgorithms.some((algorithm) => algorithm === alg) && publicKidPattern.test(kid);
    // Whose keys to look among: the signature decides whether the token says `tid` rightly.
    const isOfTenant = typeof tid === 'string' && uuidPattern.test(tid);
    return isPublic && isOfTenant ? this.keys.published.find(tid, kid) : null;
  }
}

/** Of the header only `alg`, `kid` and `typ` mean anything: keys that a token brings along (jwk, jku, x5u) are not read. */
function readToken(token: string): DecodedToken {
  if (token.length > limits.tokenMaxChars) throw new AppError('token.invalid');
  const decoded = decodeToken(token);
  const { typ, crit } = decoded.header;
  // `typ` keeps tokens made for something else (uploads) from opening a session; `crit` asks for what is not known here.
  if (typ !== undefined && typ !== 'JWT') throw new AppError('token.invalid');
  if (crit !== undefined) throw new AppError('token.invalid');
  return decoded;
}

function readClaims(claims: DecodedToken['claims'], key: SigningKey): Claims {
  const { sub, tid, iss, aud, iat, exp, name } = claims;
  const now = Date.now() / 1000;
  const valid =
    tid === key.tenantId &&
    (key.issuer === null || iss === key.issuer) &&
    (key.audience === null || (Array.isArray(aud) ? aud : [aud]).includes(key.audience)) &&
    typeof sub === 'string' &&
    userIdPattern.test(sub) &&
    typeof iat === 'number' &&
    iat <= now + leewayMs / 1000 &&
    typeof exp === 'number' &&
    exp <= maxSeconds;
  if (!valid) throw new AppError('token.invalid');
  return { userId: sub, name: readName(name), issuedAt: iat, expiresAt: exp };
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
