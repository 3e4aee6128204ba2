import { hotFunction } from '@parley/platform/database';
import type { KeyScope, OperatorScope, TenantStatus, UserRole } from '@parley/contracts/wire';

/** The SQL functions of prisma/sql that identity needs, with the rows that they return. */

export interface SigningKeyRow {
  id: string;
  tenant_id: string;
  tenant_status: TenantStatus;
  algorithm: 'HS256';
  secret: Buffer;
  issuer: string | null;
  audience: string | null;
  revoked_at: Date | null;
}
export const systemSigningKey = hotFunction<SigningKeyRow>('system_signing_key_v1', ['text']);

export interface JwksSourceRow {
  id: string;
  tenant_id: string;
  tenant_status: TenantStatus;
  jwks_url: string;
  issuer: string | null;
  audience: string | null;
}
export const systemJwksSources = hotFunction<JwksSourceRow>('system_jwks_sources_v1', ['uuid']);

export interface ServerKeyRow {
  id: string;
  tenant_id: string;
  tenant_status: TenantStatus;
  scopes: KeyScope[];
  revoked_at: Date | null;
}
export const systemServerKey = hotFunction<ServerKeyRow>('system_server_key_v1', ['bytea']);

export interface OperatorKeyRow {
  id: string;
  scopes: OperatorScope[];
  revoked_at: Date | null;
}
export const systemOperatorKey = hotFunction<OperatorKeyRow>('system_operator_key_v1', ['bytea']);

export interface UserSeenRow {
  user_id: string;
  tenant_status: TenantStatus;
  role: UserRole;
  tokens_valid_after: Date | null;
  deactivated_at: Date | null;
  invisible: boolean;
  banned: boolean;
}
export const userSeen = hotFunction<UserSeenRow>('user_seen_v3', ['uuid', 'text[]', 'text[]', 'boolean[]']);

/** A user, or a key, or a whole tenant where both are null. */
export interface RevocationRow {
  tenant_id: string;
  user_id: string | null;
  key_id: string | null;
  issued_up_to: Date | null;
  deactivated: boolean;
  banned: boolean;
}
export const systemRevocations = hotFunction<RevocationRow>('system_revocations_v2', ['timestamptz']);
