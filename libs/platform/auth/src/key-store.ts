import type { Db } from '@parley/platform/database';
import {
  systemOperatorKey,
  systemServerKey,
  systemSigningKey,
  type OperatorKeyRow,
  type ServerKeyRow,
} from './auth.functions';
import { RecentCache } from './recent-cache';
import type { SecretBox } from './secret-box';
import { sharedSecretKey, type SigningKey } from './signing-key';

/** Keys of all tenants by what a request shows of them. Revoking one ends it within two seconds on every process. */
export class KeyStore {
  private readonly signingKeys = new RecentCache<SigningKey>({ max: 10_000, maxAbsent: 10_000 });
  private readonly serverKeys = new RecentCache<ServerKeyRow>({ max: 10_000, maxAbsent: 10_000 });
  private readonly operatorKeys = new RecentCache<OperatorKeyRow>({ max: 1_000, maxAbsent: 1_000 });

  constructor(
    private readonly db: Db,
    private readonly box: SecretBox,
  ) {}

  async findSigningKey(kid: string): Promise<SigningKey | null> {
    return this.signingKeys.get(kid, async () => {
      const [row] = await this.db.system.call(systemSigningKey, kid);
      return row === undefined ? null : sharedSecretKey(kid, row, this.box);
    });
  }

  /** By the SHA-256 of the key. */
  async findServerKey(hash: Buffer): Promise<ServerKeyRow | null> {
    return this.serverKeys.get(hash.toString('base64'), async () => {
      const [row] = await this.db.system.call(systemServerKey, hash);
      return row ?? null;
    });
  }

  /** By the SHA-256 of the key. */
  async findOperatorKey(hash: Buffer): Promise<OperatorKeyRow | null> {
    return this.operatorKeys.get(hash.toString('base64'), async () => {
      const [row] = await this.db.system.call(systemOperatorKey, hash);
      return row ?? null;
    });
  }
}
