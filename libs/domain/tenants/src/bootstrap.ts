import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AppError, keyScopes } from '@parley/contracts/wire';
import type { ConfigOf } from '@parley/platform/config';
import { apiKeyHash } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import type { bootstrapConfig } from './bootstrap.config';
import { KeyRepository } from './key.repository';
import { TenantKeys } from './tenant-keys';
import { TenantService } from './tenant.service';

export type BootstrapSettings = ConfigOf<typeof bootstrapConfig>;

/** Settings that contradict each other or what the database holds; the message is one sentence without secrets. */
export class BootstrapError extends Error {}

const name = 'bootstrap';
/** Each step finds what an earlier try did: a slow PostgreSQL is asked again before the start is given up. */
const tries = 5;

/** The first tenant and its keys from the settings. It may run at every start, and of several processes at once. */
@Injectable()
export class Bootstrap {
  constructor(
    private readonly db: Db,
    private readonly tenants: TenantService,
    private readonly keys: TenantKeys,
    private readonly repository: KeyRepository,
  ) {}

  /** Does nothing without BOOTSTRAP_TENANT_NAME and JWT_SECRET. A revoked key stays revoked. @throws BootstrapError */
  async run(settings: BootstrapSettings): Promise<void> {
    for (let left = tries - 1; ; left -= 1) {
      try {
        return await this.ensure(settings);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'outcome.unknown' || left === 0) throw error;
      }
    }
  }

  private async ensure(settings: BootstrapSettings): Promise<void> {
    const { tenantName, tenantId, serverKey, signingKid, signingSecret } = settings;
    if (tenantName === undefined) {
      if (signingSecret === undefined) return;
      throw new BootstrapError(
        'JWT_SECRET is the secret of a tenant: name it by BOOTSTRAP_TENANT_NAME and BOOTSTRAP_TENANT_ID.',
      );
    }
    if (tenantId === undefined)
      throw new BootstrapError('BOOTSTRAP_TENANT_NAME needs BOOTSTRAP_TENANT_ID as well.');
    await this.tenants.ensure(tenantId, tenantName);
    if (serverKey !== undefined) await this.ensureServerKey(tenantId, serverKey);
    if (signingSecret !== undefined) await this.ensureSigningKey(tenantId, signingKid, signingSecret);
  }

  private async ensureServerKey(tenantId: string, key: string): Promise<void> {
    const hash = apiKeyHash(key);
    const added = await this.db.tx(tenantId, async (tx) => {
      await this.repository.addServerKey(tx, { id: uuidv7(), name, hash, scopes: keyScopes });
      return this.repository.hasServerKey(tx, hash);
    });
    if (added) return;
    throw new BootstrapError('BOOTSTRAP_SERVER_KEY is a key of another tenant: make a new one.');
  }

  private async ensureSigningKey(tenantId: string, kid: string, secret: string): Promise<void> {
    await this.db.tx(tenantId, (tx) => this.keys.addSigningKey(tx, { id: uuidv7(), kid, name, secret }));
    const stored = await this.keys.findSigningKey(tenantId, kid);
    if (stored === null)
      throw new BootstrapError('BOOTSTRAP_SIGNING_KID is a key of another tenant: choose another.');
    if (stored.secret === secret) return;
    throw new BootstrapError(
      'JWT_SECRET differs from the stored one: give a new secret a new BOOTSTRAP_SIGNING_KID.',
    );
  }
}
