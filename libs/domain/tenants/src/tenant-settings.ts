import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { defaultTenantLimits, type TenantLimits } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { Log } from '@parley/platform/telemetry';
import { completeLimits, ownLimits } from './tenant-limits';
import { TenantRepository } from './tenant.repository';

/** After so many milliseconds a tenant's settings are read again, behind the request that met them. */
const maxAgeMs = 5_000;

interface Known {
  limits: TenantLimits;
  readAt: number;
}

/** The settings of tenants as requests need them: without a query per request. */
@Injectable()
export class TenantSettings {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });
  private readonly reading = new Map<string, Promise<TenantLimits>>();

  constructor(
    private readonly repository: TenantRepository,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Never throws: while PostgreSQL is away, the last known limits hold, or the defaults. */
  async limits(tenantId: string): Promise<TenantLimits> {
    const known = this.known.get(tenantId);
    if (known !== undefined && this.clock.monotonicMs() - known.readAt < maxAgeMs) return known.limits;
    const reading = this.reading.get(tenantId) ?? this.read(tenantId, known);
    // Only the first request of a tenant waits: a ping must be answered while the database is away.
    return known?.limits ?? reading;
  }

  /** The next request reads them again. */
  forget(tenantId: string): void {
    this.known.delete(tenantId);
    this.reading.delete(tenantId);
  }

  private read(tenantId: string, known: Known | undefined): Promise<TenantLimits> {
    const reading = this.load(tenantId, known).then((limits) => {
      // Forgotten meanwhile: what was read may be what was before.
      if (this.reading.get(tenantId) !== reading) return limits;
      this.reading.delete(tenantId);
      this.known.set(tenantId, { limits, readAt: this.clock.monotonicMs() });
      return limits;
    });
    this.reading.set(tenantId, reading);
    return reading;
  }

  private async load(tenantId: string, known: Known | undefined): Promise<TenantLimits> {
    try {
      return completeLimits(ownLimits(await this.repository.findSettings(tenantId)));
    } catch (error) {
      this.log.warn('tenant.settings_unread', { tenantId, error });
      return known?.limits ?? defaultTenantLimits;
    }
  }
}
