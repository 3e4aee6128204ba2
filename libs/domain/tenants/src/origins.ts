import { LRUCache } from 'lru-cache';
import { AppError } from '@parley/contracts/wire';
import { entriesFor, isListed } from './origin.policy';
import type { TenantRepository } from './tenant.repository';
import type { TenantSettings } from './tenant-settings';

export interface OriginDefaults {
  /** For tenants that have no list of their own. */
  origins: readonly string[];
  /** Development: any origin, where neither list says otherwise. */
  anyOrigin: boolean;
}

/** How long it is believed that some tenant lists an origin, or none does. */
const knownMs = 5_000;
const knownMax = 10_000;

/**
 * From which web pages the product may be called (S1). Before anybody knows whose a request is, an origin passes that the
 * installation or any tenant lists; afterwards only one of the tenant's own list, or of the installation's where it has none.
 */
export class Origins {
  private readonly listed = new LRUCache<string, boolean>({ max: knownMax, ttl: knownMs });

  constructor(
    private readonly defaults: OriginDefaults,
    private readonly repository: Pick<TenantRepository, 'listsOrigin'>,
    private readonly settings: Pick<TenantSettings, 'origins'>,
  ) {}

  /** Whether any tenant may be called from there; at once where it is known. @throws AppError `service.unavailable` */
  isKnown(origin: string): boolean | Promise<boolean> {
    const { anyOrigin, origins } = this.defaults;
    if (anyOrigin || isListed(origin, origins)) return true;
    const entries = entriesFor(origin);
    return entries.length > 0 && (this.listed.get(origin) ?? this.ask(origin, entries));
  }

  /** Of no origin (native clients, back ends) nothing is asked. @throws AppError `origin.refused` */
  async assertAllowed(tenantId: string, origin: string | undefined): Promise<void> {
    if (origin === undefined) return;
    const own = await this.settings.origins(tenantId);
    const { anyOrigin, origins } = this.defaults;
    if (own === null ? anyOrigin || isListed(origin, origins) : isListed(origin, own)) return;
    throw new AppError('origin.refused');
  }

  private async ask(origin: string, entries: string[]): Promise<boolean> {
    const isListedBySome = await this.repository.listsOrigin(entries);
    this.listed.set(origin, isListedBySome);
    return isListedBySome;
  }
}
