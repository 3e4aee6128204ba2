import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { systemTenantCreate, systemTenants, tenantLoad, type TenantRow } from './tenant.functions';

/** Tenants in the database. They are seen across the installation here, so only through system functions. */
@Injectable()
export class TenantRepository {
  constructor(private readonly db: Db) {}

  /** Whether it was made: false when the id is taken. */
  async create(id: string, name: string, bodyHashKey: Buffer): Promise<boolean> {
    const [row] = await this.db.system.call(systemTenantCreate, id, name, bodyHashKey);
    return row?.system_tenant_create_v1 ?? false;
  }

  async list(): Promise<TenantRow[]> {
    return this.db.system.call(systemTenants);
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
    change: (settings: Record<string, unknown>) => { settings: object; result: T },
  ): Promise<T> {
    return this.db.tx(tenantId, async (tx) => {
      const [row] = await tx.sql<{ settings: Record<string, unknown> }>`
        SELECT settings FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`;
      const { settings, result } = change(row?.settings ?? {});
      await tx.sql`UPDATE tenant SET settings = ${JSON.stringify(settings)}::jsonb WHERE id = ${tenantId}::uuid RETURNING id`;
      return result;
    });
  }
}
