import { Injectable } from '@nestjs/common';
import type { PresenceNews } from '@parley/contracts/internal';
import { PresenceStore } from '@parley/platform/realtime';
import { Log } from '@parley/platform/telemetry';
import { PresenceRecords } from './presence-records';
import { newsOf } from './presence.view';

/** Ends presence whose time is over. Several processes may do it side by side: each device is taken out once. */
@Injectable()
export class PresenceSweep {
  private running = false;
  private failing = false;

  constructor(
    private readonly store: PresenceStore,
    private readonly records: PresenceRecords,
    private readonly log: Log,
  ) {}

  /** Call it about once a second. Never throws: without Redis there is nothing to end. */
  async run(tell: (news: PresenceNews) => void): Promise<void> {
    if (this.running || !this.store.isReady) return;
    this.running = true;
    try {
      for (const tenantId of await this.store.tenants()) await this.sweep(tenantId, tell);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn('presence.sweep_failed', { error });
      this.failing = true;
    }
    this.running = false;
  }

  private async sweep(tenantId: string, tell: (news: PresenceNews) => void): Promise<void> {
    for (let more = true; more;) {
      const swept = await this.store.sweep(tenantId);
      for (const { userId, seenAt, invisible } of swept.departures) {
        if (!invisible) this.records.seen(tenantId, userId, seenAt);
      }
      const news = newsOf(tenantId, [...swept.departures, ...swept.moves]);
      if (news !== undefined) tell(news);
      more = swept.more;
    }
  }
}
