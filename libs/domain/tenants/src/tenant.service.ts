import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import type { CreatedKeyView, TenantView } from '@parley/contracts/wire';
import { SecretBox } from '@parley/platform/auth';
import type { TenantRow } from './tenant.functions';
import { TenantKeys } from './tenant-keys';
import { TenantRepository } from './tenant.repository';

/** A new tenant with its first keys, whose secrets are shown here only. */
export interface CreatedTenant {
  id: string;
  name: string;
  serverKey: CreatedKeyView;
  signingKey: CreatedKeyView;
}

/** The installation's tenants. No request reaches `create` and `list`: they are for whoever runs the installation. */
@Injectable()
export class TenantService {
  private readonly bodyHashKeys = new LRUCache<string, Buffer>({ max: 10_000 });

  constructor(
    private readonly repository: TenantRepository,
    private readonly keys: TenantKeys,
    private readonly box: SecretBox,
  ) {}

  async create(name: string): Promise<CreatedTenant> {
    const id = uuidv7();
    await this.ensure(id, name);
    const serverKey = await this.keys.makeServerKey(id, 'first server key');
    const signingKey = await this.keys.makeSigningKey(id, 'first signing key');
    return { id, name, serverKey, signingKey };
  }

  /** Makes the tenant unless the id exists; whether it was made. */
  async ensure(id: string, name: string): Promise<boolean> {
    return this.repository.create(id, name, this.box.seal(randomBytes(32), bodyHashKeyPlace(id)));
  }

  /** By name. */
  async list(): Promise<TenantView[]> {
    return (await this.repository.list()).map(tenantView);
  }

  /** The key of the tenant's HMAC over message bodies. It never rotates, so it is kept. */
  async bodyHashKey(tenantId: string): Promise<Buffer> {
    const known = this.bodyHashKeys.get(tenantId);
    if (known !== undefined) return known;
    const sealed = await this.repository.findBodyHashKey(tenantId);
    if (sealed === null) throw new Error(`There is no tenant ${tenantId}.`);
    const key = this.box.open(sealed, bodyHashKeyPlace(tenantId));
    this.bodyHashKeys.set(tenantId, key);
    return key;
  }
}

function tenantView({ id, name, status, created_at }: TenantRow): TenantView {
  return { id, name, status, createdAt: created_at.toISOString() };
}

function bodyHashKeyPlace(tenantId: string): string {
  return `tenant.body_hash_key:${tenantId}`;
}
