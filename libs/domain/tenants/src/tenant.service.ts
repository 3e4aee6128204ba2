import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  AppError,
  type CreatedTenantView,
  type MessageSettings,
  type TenantView,
  type UserSettings,
} from '@parley/contracts/wire';
import { SecretBox } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { KeyRepository } from './key.repository';
import { completeMessageSettings, ownMessageSettings } from './message-settings';
import { TenantKeys } from './tenant-keys';
import { TenantRepository } from './tenant.repository';
import { completeUserSettings, ownUserSettings } from './user-settings';
import { tenantView } from './tenant.view';

/** The installation's tenants, for whoever has already been allowed to. */
@Injectable()
export class TenantService {
  private readonly bodyHashKeys = new LRUCache<string, Buffer>({ max: 10_000 });

  constructor(
    private readonly db: Db,
    private readonly repository: TenantRepository,
    private readonly keyRepository: KeyRepository,
    private readonly keys: TenantKeys,
    private readonly box: SecretBox,
  ) {}

  /**
   * A tenant with its first keys. It is made before them, apart: a repeat after a failure in between finds it by the id that
   * the key stands for, and gives it its keys.
   * @throws AppError `idempotency.key_conflict`
   */
  async create(name: string, once: Once = everyTime): Promise<CreatedTenantView> {
    const id = once.newId();
    await this.ensure(id, name);
    const { answer } = await this.db.tx(id, (tx) =>
      once.run(tx, async () => ({ answer: await this.equip(tx, name), news: null })),
    );
    return answer;
  }

  /** Makes the tenant unless the id exists; whether it was made. */
  async ensure(id: string, name: string): Promise<boolean> {
    return this.repository.create(id, name, this.box.seal(randomBytes(32), bodyHashKeyPlace(id)));
  }

  /** By name. */
  async list(): Promise<TenantView[]> {
    return (await this.repository.all()).map(tenantView);
  }

  private async equip(tx: Tx, name: string): Promise<CreatedTenantView> {
    const tenant = await this.repository.find(tx.tenantId);
    // Nobody remembers the first answer any more, but the key made this tenant, and never makes another.
    if (tenant?.name !== name || (await this.keyRepository.hasServerKey(tx)))
      throw new AppError('idempotency.key_conflict');
    const serverKey = await this.keys.makeServerKey(tx, 'first server key');
    const signingKey = await this.keys.makeSigningKey(tx, { name: 'first signing key' });
    return { ...tenantView(tenant), serverKey, signingKey };
  }

  /** The tenant's rules about messages, as they are this moment. */
  async messageSettings(tenantId: string): Promise<MessageSettings> {
    return completeMessageSettings(ownMessageSettings(await this.repository.findSettings(tenantId)));
  }

  /** The tenant's rules about its users, as they are this moment. */
  async userSettings(tenantId: string): Promise<UserSettings> {
    return completeUserSettings(ownUserSettings(await this.repository.findSettings(tenantId)));
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

function bodyHashKeyPlace(tenantId: string): string {
  return `tenant.body_hash_key:${tenantId}`;
}
