import { Injectable, Optional } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  defaultTenantFeatures,
  defaultTenantLimits,
  type TenantFeatures,
  type TenantLimits,
} from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { InjectConfig } from '@parley/platform/config';
import { Log } from '@parley/platform/telemetry';
import { featuresConfig } from './features.config';
import { ownOrigins } from './origin.policy';
import { completeFeatures, ownFeatures } from './tenant-features';
import { completeLimits, ownLimits } from './tenant-limits';
import { TenantRepository } from './tenant.repository';

/** After so many milliseconds a tenant's settings are read again, behind the request that met them. */
const maxAgeMs = 5_000;

/** What requests need of them. */
interface Rules {
  limits: TenantLimits;
  /** Null: those of the installation. */
  origins: readonly string[] | null;
  features: TenantFeatures;
}

interface Known {
  rules: Rules;
  readAt: number;
}

/** The settings of tenants as requests need them: without a query per request. */
@Injectable()
export class TenantSettings {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });
  private readonly reading = new Map<string, Promise<Rules>>();

  constructor(
    private readonly repository: TenantRepository,
    private readonly clock: Clock,
    private readonly log: Log,
    @Optional()
    @InjectConfig(featuresConfig)
    private readonly features: TenantFeatures = defaultTenantFeatures,
  ) {}

  async limits(tenantId: string): Promise<TenantLimits> {
    return (await this.rules(tenantId)).limits;
  }

  /** Null: the tenant has no list of its own. */
  async origins(tenantId: string): Promise<readonly string[] | null> {
    return (await this.rules(tenantId)).origins;
  }

  async featuresOf(tenantId: string): Promise<TenantFeatures> {
    return (await this.rules(tenantId)).features;
  }

  /** Never throws: while PostgreSQL is away, the last known ones hold, or the defaults. */
  private async rules(tenantId: string): Promise<Rules> {
    const known = this.known.get(tenantId);
    if (known !== undefined && this.clock.monotonicMs() - known.readAt < maxAgeMs) return known.rules;
    const reading = this.reading.get(tenantId) ?? this.read(tenantId, known);
    // Only the first request of a tenant waits: a ping must be answered while the database is away.
    return known?.rules ?? reading;
  }

  /** The next request reads them again. */
  forget(tenantId: string): void {
    this.known.delete(tenantId);
    this.reading.delete(tenantId);
  }

  private read(tenantId: string, known: Known | undefined): Promise<Rules> {
    const reading = this.load(tenantId, known).then((rules) => {
      // Forgotten meanwhile: what was read may be what was before.
      if (this.reading.get(tenantId) !== reading) return rules;
      this.reading.delete(tenantId);
      this.known.set(tenantId, { rules, readAt: this.clock.monotonicMs() });
      return rules;
    });
    this.reading.set(tenantId, reading);
    return reading;
  }

  private async load(tenantId: string, known: Known | undefined): Promise<Rules> {
    try {
      const settings = await this.repository.findSettings(tenantId);
      return {
        limits: completeLimits(ownLimits(settings)),
        origins: ownOrigins(settings),
        features: completeFeatures(ownFeatures(settings), this.features),
      };
    } catch (error) {
      this.log.warn('tenant.settings_unread', { tenantId, error });
      return known?.rules ?? { limits: defaultTenantLimits, origins: null, features: this.features };
    }
  }
}
