import type { TenantStatus } from '@parley/contracts/wire';
import type { SigningKeyRow } from './auth.functions';
import type { PublicAlgorithm } from './jwks/public-keys';
import type { SecretBox } from './secret-box';
import { signatureCheck, type SignatureCheck } from './token-signature';

/** Algorithms that a key may have; a token never chooses one. */
export type SigningAlgorithm = 'HS256' | PublicAlgorithm;

/** A key that verifies the user tokens of one tenant, as its `kid` names it; of a JWKS, `id` is its source's. */
export interface SigningKey {
  readonly id: string;
  readonly tenantId: string;
  readonly tenantStatus: TenantStatus;
  readonly algorithm: SigningAlgorithm;
  /** Tokens must carry it as `iss` where it is set, … */
  readonly issuer: string | null;
  /** … and this as `aud`. */
  readonly audience: string | null;
  readonly revoked: boolean;
  readonly check: SignatureCheck;
}

/** Where in the database a signing secret is sealed for. */
export function signingSecretPlace(tenantId: string, kid: string): string {
  return `tenant_key.secret:${tenantId}:${kid}`;
}

/** HS256: the tenant and Parley share a secret. The key is the secret's text as it was shown, as UTF-8. */
export function sharedSecretKey(kid: string, row: SigningKeyRow, box: SecretBox): SigningKey {
  const secret = box.open(row.secret, signingSecretPlace(row.tenant_id, kid));
  return {
    id: row.id,
    tenantId: row.tenant_id,
    tenantStatus: row.tenant_status,
    algorithm: row.algorithm,
    issuer: row.issuer,
    audience: row.audience,
    revoked: row.revoked_at !== null,
    check: signatureCheck(row.algorithm, Buffer.from(secret)),
  };
}
