import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose';
import { userIdPattern, uuidPattern } from '@parley/contracts/dto';
import { AppError, limits } from '@parley/contracts/wire';
import type { UserActor } from './actor';
import { kidPattern } from './credentials';
import { publicAlgorithms, publicKidPattern } from './jwks/public-keys';
import type { PublishedKeys } from './jwks/published-keys';
import type { KeyStore } from './key-store';
import type { SigningKey } from './signing-key';
import { assertMayEnter, type UserState, type UserStates } from './user-states';

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
    const header = readHeader(token);
    const key = await this.findKey(header, token);
    const claims = await verifySignature(token, key);
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

  private async findKey(header: ProtectedHeaderParameters, token: string): Promise<SigningKey> {
    const key = await this.lookUp(header.alg, header.kid, token);
    if (key === null || header.alg !== key.algorithm) throw new AppError('token.invalid');
    return key;
  }

  /** The algorithm says where to look, and nothing more: the key that is found has its own. */
  private async lookUp(alg: unknown, kid: unknown, token: string): Promise<SigningKey | null> {
    if (typeof kid !== 'string') return null;
    if (alg === 'HS256') return kidPattern.test(kid) ? this.keys.secrets.findSigningKey(kid) : null;
    const isPublic = publicAlgorithms.some((algorithm) => algorithm === alg) && publicKidPattern.test(kid);
    const tenantId = isPublic ? readTenant(token) : null;
    return tenantId === null ? null : this.keys.published.find(tenantId, kid);
  }
}

/** Of the header only `alg`, `kid` and `typ` mean anything: keys that a token brings along (jwk, jku, x5u) are not read. */
function readHeader(token: string): ProtectedHeaderParameters {
  if (token.length > limits.tokenMaxChars) throw new AppError('token.invalid');
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(token);
  } catch (cause) {
    throw new AppError('token.invalid', { cause });
  }
  // `typ` keeps tokens made for something else (uploads) from opening a session; `crit` asks for what is not known here.
  if (header.typ !== undefined && header.typ !== 'JWT') throw new AppError('token.invalid');
  if (header.crit !== undefined) throw new AppError('token.invalid');
  return header;
}

/** Whose keys to look among. Nothing is believed yet: the signature decides whether it says `tid` rightly. */
function readTenant(token: string): string | null {
  try {
    const { tid } = decodeJwt(token);
    return typeof tid === 'string' && uuidPattern.test(tid) ? tid : null;
  } catch (cause) {
    throw new AppError('token.invalid', { cause });
  }
}

async function verifySignature(token: string, key: SigningKey): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, await key.material(), {
      algorithms: [key.algorithm],
      clockTolerance: leewaySeconds,
      requiredClaims: ['sub', 'tid', 'iat', 'exp'],
      ...(key.issuer === null ? {} : { issuer: key.issuer }),
      ...(key.audience === null ? {} : { audience: key.audience }),
    });
    return readClaims(payload, key);
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw new AppError('token.expired', { cause });
    if (cause instanceof errors.JOSEError) throw new AppError('token.invalid', { cause });
    throw cause;
  }
}

function readClaims(payload: JWTPayload, key: SigningKey): Claims {
  const { sub, tid, iat, exp, name } = payload;
  const now = Date.now() / 1000;
  const valid =
    tid === key.tenantId &&
    typeof sub === 'string' &&
    userIdPattern.test(sub) &&
    typeof iat === 'number' &&
    iat <= now + leewaySeconds &&
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
