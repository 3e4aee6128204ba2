import { hotFunction } from '@parley/platform/database';
import type { OperatorScope, TenantStatus } from '@parley/contracts/wire';

/** The SQL functions of prisma/sql about tenants. */

export const systemTenantCreate = hotFunction<{ system_tenant_create_v1: boolean }>(
  'system_tenant_create_v1',
  ['uuid', 'text', 'bytea'],
);

export interface TenantRow {
  id: string;
  name: string;
  status: TenantStatus;
  created_at: Date;
}
/** All of them by name. */
export const systemTenantsByName = hotFunction<TenantRow>('system_tenants_v1', []);
/** One by its id, or those after an id. */
export const systemTenants = hotFunction<TenantRow>('system_tenants_v2', ['uuid', 'uuid', 'int']);
export const systemTenantChange = hotFunction<TenantRow>('system_tenant_change_v1', ['uuid', 'text', 'text']);

export interface OperatorKeyRow {
  id: string;
  name: string;
  scopes: OperatorScope[];
  created_at: Date;
  revoked_at: Date | null;
}
export const systemOperatorKeys = hotFunction<OperatorKeyRow>('system_operator_keys_v1', []);
export const systemOperatorKeyCreate = hotFunction<OperatorKeyRow>('system_operator_key_create_v1', [
  'uuid',
  'text',
  'bytea',
  'text[]',
]);
export const systemOperatorKeyRevoke = hotFunction<OperatorKeyRow>('system_operator_key_revoke_v1', ['uuid']);

/** Whether an active tenant has one of these entries in its list of origins. */
export const systemOriginListed = hotFunction<{ system_origin_listed_v1: boolean }>(
  'system_origin_listed_v1',
  ['text[]'],
);

export const tenantLoad = hotFunction<{ body_hash_key: Buffer; settings: unknown }>('tenant_load_v1', [
  'uuid',
]);
