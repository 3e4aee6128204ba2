import { LRUCache } from 'lru-cache';
import { AppError } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import type { Log } from '@parley/platform/telemetry';
import { systemJwksSources, type JwksSourceRow } from '../auth.functions';
import { RecentCache } from '../recent-cache';
import type { SigningKey } from '../signing-key';
import type { JwksReader } from './jwks-reader';
import { KeySource, sourceTimes } from './key-source';
import type { PublicKey, PublicKeys } from './public-keys';

const tenantsMax = 10_000;

/** The sources of one tenant, those that were revoked no longer among them. */
type TenantSources = readonly JwksSourceRow[];

/**
 * The keys that tenants publish by themselves. A key is found by tenant and `kid` together: two tenants may use the same
 * kid, and each knows its own alone.
 */
export class PublishedKeys {
  private readonly tenants = new RecentCache<TenantSources>({ max: tenantsMax, maxAbsent: tenantsMax });
  private readonly sources = new LRUCache<string, KeySource>({ max: tenantsMax });

  constructor(
    private readonly db: Pick<Db, 'system'>,
    private readonly reader: Pick<JwksReader, 'read'>,
    private readonly log: Log,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /**
   * Null: no source of the tenant has this kid. Where several have it, the oldest source counts.
   * @throws AppError `service.unavailable` where that cannot be said, because a source does not answer
   */
  async find(tenantId: string, kid: string): Promise<SigningKey | null> {
    const rows = await this.tenants.get(tenantId, () => this.load(tenantId));
    if (rows === null) return null;
    const sources = rows.map((row) => ({ row, source: this.sourceOf(row) }));
    for (const { row, source } of sources) {
      const key = source.known(kid);
      if (key !== null) return signingKey(row, key);
    }
    const found = await firstOf(
      sources.map(async ({ row, source }) => {
        const key = await source.find(kid);
        return key === null ? null : signingKey(row, key);
      }),
    );
    if (found === null && sources.some(({ source }) => !source.isKnown)) {
      const message = 'The tenant’s signing keys cannot be fetched at the moment.';
      throw new AppError('service.unavailable', { message, retryAfterMs: sourceTimes.betweenFirstFetches });
    }
    return found;
  }

  private async load(tenantId: string): Promise<TenantSources | null> {
    const rows = await this.db.system.call(systemJwksSources, tenantId);
    return rows.length === 0 ? null : rows;
  }

  private sourceOf({ id, tenant_id: tenantId, jwks_url: url }: JwksSourceRow): KeySource {
    const known = this.sources.get(id);
    if (known !== undefined) return known;
    const fetch = (): Promise<PublicKeys | null> =>
      this.reader.read(url, tenantId).catch((error: unknown) => {
        this.log.warn('jwks.unread', { tenantId, keyId: id, error });
        return null;
      });
    const source = new KeySource(fetch, this.monotonicMs);
    this.sources.set(id, source);
    return source;
  }
}

function signingKey(row: JwksSourceRow, { algorithm, check }: PublicKey): SigningKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    tenantStatus: row.tenant_status,
    algorithm,
    issuer: row.issuer,
    audience: row.audience,
    revoked: false,
    check,
  };
}

/** The first that is not null, without waiting for the others. */
function firstOf<T>(searches: readonly Promise<T | null>[]): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const settle = (found: T | null): void => {
      if (found !== null) resolve(found);
    };
    Promise.all(searches.map((search) => search.then(settle))).then(() => resolve(null), reject);
  });
}
