import type { TenantView } from '@parley/contracts/wire';
import type { TenantRow } from './tenant.functions';

export function tenantView({ id, name, status, created_at }: TenantRow): TenantView {
  return { id, name, status, createdAt: created_at.toISOString() };
}
