import { Injectable } from '@nestjs/common';
import { AppError, type PresenceChoiceStatus, type PresenceView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Bus, PresenceStore } from '@parley/platform/realtime';
import { PresenceRecords } from './presence-records';
import { PresenceSight } from './presence-sight';
import { assertMayUsePresence } from './presence.policy';
import { absentView, newsOf, presenceView } from './presence.view';

/** What a process without connections of its own says of presence: all that Redis knows. */
@Injectable()
export class PresenceService {
  constructor(
    private readonly store: PresenceStore,
    private readonly sight: PresenceSight,
    private readonly records: PresenceRecords,
    private readonly bus: Bus,
  ) {}

  /**
   * Those of the users whom the caller may see, in the order of the request; without ids the caller itself. While Redis
   * does not answer nobody is known to be here.
   * @throws AppError `actor.required`, `scope.missing`
   */
  async list(actor: Actor, userIds: readonly string[]): Promise<PresenceView[]> {
    const viewerId = assertMayUsePresence(actor);
    const asked = userIds.length === 0 ? [viewerId] : userIds;
    const sightings = await this.sight.canSeePresence(actor.tenantId, viewerId, asked);
    const seen = new Map(sightings.map((sighting) => [sighting.userId, sighting]));
    const visible = asked.filter((userId) => seen.has(userId));
    const reading = await this.store.read(actor.tenantId, visible).catch(() => undefined);
    return visible.map((userId, index) => {
      const { status = 'offline', invisible = false, present = false } = reading?.users[index] ?? {};
      const { lastSeenAt = null, apart = false } = seen.get(userId) ?? {};
      if (apart) return absentView(userId);
      const own = userId === viewerId && invisible && present;
      return presenceView(userId, own ? 'invisible' : status, lastSeenAt);
    });
  }

  /**
   * What the caller is from now on, on all devices that are connected; without a Redis, from their next connect on. Answers
   * how that looks to the caller.
   * @throws AppError `actor.required`, `scope.missing`, `service.unavailable` where the gateways cannot be told: repeat it
   */
  async choose(actor: Actor, status: PresenceChoiceStatus): Promise<PresenceView> {
    const userId = assertMayUsePresence(actor);
    const { tenantId } = actor;
    const invisible = status === 'invisible';
    await this.records.choose(tenantId, userId, invisible);
    if (this.store.isConfigured) await this.tell(tenantId, userId, status);
    const [own] = await this.list(actor, []);
    const here = own !== undefined && own.status !== 'offline';
    return presenceView(userId, here || invisible ? status : 'offline', own?.lastSeenAt ?? null);
  }

  private async tell(tenantId: string, userId: string, status: PresenceChoiceStatus): Promise<void> {
    const invisible = status === 'invisible';
    try {
      const news = newsOf(tenantId, await this.store.choose(tenantId, userId, invisible));
      if (news !== undefined) this.bus.publishPresence(news);
    } catch (cause) {
      throw new AppError('service.unavailable', { cause });
    }
    // The gateways say the rest: which of the devices are there.
    this.bus.publishChoice({ tenantId, userId, invisible, away: invisible ? null : status === 'away' });
  }
}
