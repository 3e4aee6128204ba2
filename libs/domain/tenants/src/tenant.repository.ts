import { Injectable } from '@nestjs/common';
import type { TenantStatus } from '@parley/contracts/wire';
import { Db, type Tx } from '@parley/platform/database';
import {
  systemOriginListed,
  systemTenantChange,
  systemTenantCreate,
  systemTenants,
  systemTenantsByName,
  tenantLoad,
  type TenantRow,
} from './tenant.functions';

/** Tenants in the database. They are seen across the installation here, so only through system functions. */
@Injectable()
export class TenantRepository {
  constructor(private readonly db: Db) {}

  /** Whether it was made: false when the id is taken. */
  async create(id: string, name: string, bodyHashKey: Buffer): Promise<boolean> {
    const [row] = await this.db.system.call(systemTenantCreate, id, name, bodyHashKey);
    return row?.system_tenant_create_v1 ?? false;
  }

  async find(id: string): Promise<TenantRow | null> {
    const [row] = await this.db.system.call(systemTenants, id, null, 1);
    return row ?? null;
  }

  /** By name. */
  async all(): Promise<TenantRow[]> {
    return this.db.system.call(systemTenantsByName);
  }

  /** By id, after `after`. */
  async list(after: string | null, limit: number): Promise<TenantRow[]> {
    return this.db.system.call(systemTenants, null, after, limit);
  }

  /** Absent fields stay; null: there is no such tenant. */
  async change(
    id: string,
    { name, status }: { name?: string | undefined; status?: TenantStatus | undefined },
  ): Promise<TenantRow | null> {
    const [row] = await this.db.system.call(systemTenantChange, id, name ?? null, status ?? null);
    return row ?? null;
  }

  /** Whether an active tenant has one of these entries in its list of origins. */
  async listsOrigin(entries: readonly string[]): Promise<boolean> {
    const [row] = await this.db.system.call(systemOriginListed, entries);
    return row?.system_origin_listed_v1 ?? false;
  }

  /** As it is stored: sealed. */
  async findBodyHashKey(tenantId: string): Promise<Buffer | null> {
    const [row] = await this.db.hot.call(tenantLoad, tenantId);
    return row?.body_hash_key ?? null;
  }

  /** As they are stored. */
  async findSettings(tenantId: string): Promise<unknown> {
    const [row] = await this.db.hot.call(tenantLoad, tenantId);
    return row?.settings;
  }

  /** Writes what `change` makes of the stored settings; two changes at once come one after the other. */
  async changeSettings<T>(
    tenantId: string,
    change: (tx: Tx, settings: Record<string, unknown>) => Promise<{ settings: object; result: T }>,
  ): Promise<T> {
    return this.db.tx(tenantId, async (tx) => {
      const [row] = await tx.sql<{ settings: Record<string, unknown> }>`
        SELECT settings FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`;
      const { settings, result } = await change(tx, row?.settings ?? {});
      await tx.sql`UPDATE tenant SET settings = ${JSON.stringify(settings)}::jsonb WHERE id = ${tenantId}::uuid RETURNING id`;
      return result;
    });
  }
}
