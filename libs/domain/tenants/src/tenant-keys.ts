import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { keyScopes, type CreatedKeyView, type KeyScope, type SecretKeyView } from '@parley/contracts/wire';
import {
  newKid,
  newServerKey,
  newSigningSecret,
  SecretBox,
  apiKeyHash,
  signingSecretPlace,
  type MintingKey,
} from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import {
  KeyRepository,
  type NewJwksSource,
  type SigningKeyFields,
  type StoredSigningKey,
} from './key.repository';

/** Makes and opens the keys of a tenant, for whoever has already been allowed to. */
@Injectable()
export class TenantKeys {
  constructor(
    private readonly keys: KeyRepository,
    private readonly box: SecretBox,
  ) {}

  async makeSigningKey(tx: Tx, fields: Omit<SigningKeyFields, 'id'>): Promise<SecretKeyView> {
    const key = { ...fields, id: uuidv7(), kid: newKid(), secret: newSigningSecret() };
    await this.addSigningKey(tx, key);
    return { ...key, kind: 'signing', algorithm: 'HS256', createdAt: new Date().toISOString() };
  }

  /** @throws AppError `key.too_many` */
  async addJwksSource(tx: Tx, fields: Omit<NewJwksSource, 'id'>): Promise<CreatedKeyView> {
    return this.keys.addJwksSource(tx, { ...fields, id: uuidv7() });
  }

  async makeServerKey(tx: Tx, name: string, scopes: readonly KeyScope[] = keyScopes): Promise<SecretKeyView> {
    const id = uuidv7();
    const secret = newServerKey();
    await this.keys.addServerKey(tx, { id, name, hash: apiKeyHash(secret), scopes });
    return { id, kind: 'server', name, scopes: [...scopes], createdAt: new Date().toISOString(), secret };
  }

  /** A kid that exists keeps its secret. */
  async addSigningKey(
    tx: Tx,
    { secret, ...key }: SigningKeyFields & { kid: string; secret: string },
  ): Promise<void> {
    const sealedSecret = this.box.seal(Buffer.from(secret), signingSecretPlace(tx.tenantId, key.kid));
    await this.keys.addSigningKey(tx, { ...key, sealedSecret });
  }

  async findSigningKey(tenantId: string, kid: string): Promise<MintingKey | null> {
    return this.open(tenantId, await this.keys.findSigningKey(tenantId, kid));
  }

  async findNewestSigningKey(tenantId: string): Promise<MintingKey | null> {
    return this.open(tenantId, await this.keys.findNewestSigningKey(tenantId));
  }

  private open(tenantId: string, key: StoredSigningKey | null): MintingKey | null {
    if (key === null) return null;
    const { kid, issuer, audience } = key;
    const secret = this.box.open(key.sealedSecret, signingSecretPlace(tenantId, kid)).toString();
    return { tenantId, kid, algorithm: 'HS256', secret, issuer, audience };
  }
}
