import { hotFunction } from '@parley/platform/database';
import type { TenantStatus } from '@parley/contracts/wire';

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
export const systemTenants = hotFunction<TenantRow>('system_tenants_v1', []);

export const tenantLoad = hotFunction<{ body_hash_key: Buffer; settings: unknown }>('tenant_load_v1', [
  'uuid',
]);
