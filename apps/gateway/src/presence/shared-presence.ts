import { Injectable } from '@nestjs/common';
import type { PresenceNews } from '@parley/contracts/internal';
import { Bus, PresenceStore, type PresenceMove, type PresentDevice } from '@parley/platform/realtime';
import { Log, Metrics } from '@parley/platform/telemetry';
import { newsOf } from '@parley/domain/presence';
import { LocalPresence } from './local-presence';

/** What comes within this time goes to Redis together: a wave of connects is some calls. */
const gatherMs = 50;

interface Gathered {
  here: Map<string, PresentDevice>;
  gone: Map<string, PresentDevice>;
}

/** Tells Redis, and by that all other gateways, who is here. What fails is told by the next renewal. */
@Injectable()
export class SharedPresence {
  private gathered = new Map<string, Gathered>();
  /** Choices that Redis was not told of yet: what it says of these users is old. */
  private readonly owed = new Map<string, { tenantId: string; userId: string; invisible: boolean }>();
  private timer: NodeJS.Timeout | undefined;
  private tellHere: (news: PresenceNews) => void = () => undefined;
  private failing = false;
  private readonly transitions;

  constructor(
    private readonly local: LocalPresence,
    private readonly store: PresenceStore,
    private readonly bus: Bus,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.transitions = metrics.counter({
      name: 'presence_transitions_total',
      help: 'Users whose presence became another one, as this process found it.',
      labelNames: ['status'],
    });
    local.listen({
      here: (tenantId, device) => this.gather(tenantId, 'here', device),
      gone: (tenantId, device) => this.gather(tenantId, 'gone', device),
    });
  }

  /** Who is told of news, before the bus is. */
  onNews(listener: (news: PresenceNews) => void): void {
    this.tellHere = listener;
  }

  /** Says of all devices that they are here still. */
  async renewAll(): Promise<void> {
    for (const { tenantId, userId, invisible } of [...this.owed.values()]) {
      await this.choose(tenantId, userId, invisible);
    }
    for (const [tenantId, devices] of this.local.byTenant()) {
      await this.attempt(async () => this.take(tenantId, await this.store.renew(tenantId, devices)));
    }
  }

  /** Makes a user visible or invisible. */
  async choose(tenantId: string, userId: string, invisible: boolean): Promise<void> {
    const key = `${tenantId} ${userId}`;
    const choice = { tenantId, userId, invisible };
    this.owed.set(key, choice);
    await this.attempt(async () => {
      const moves = await this.store.choose(tenantId, userId, invisible);
      if (this.owed.get(key) === choice) this.owed.delete(key);
      this.take(tenantId, moves);
    });
  }

  /** Tells what became of users, here and everywhere. */
  publish(news: PresenceNews): void {
    for (const { status } of news.users) this.transitions.inc({ status });
    this.tellHere(news);
    this.bus.publishPresence(news);
  }

  /** Tells what was gathered, at once. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const gathered = this.gathered;
    this.gathered = new Map();
    for (const [tenantId, { here, gone }] of gathered) {
      await this.attempt(async () => {
        const moves = await this.store.renew(tenantId, [...here.values()]);
        this.take(tenantId, [...moves, ...(await this.store.leave(tenantId, [...gone.values()]))]);
      });
    }
  }

  private gather(tenantId: string, what: keyof Gathered, device: PresentDevice): void {
    if (!this.store.isReady) return;
    const gathered = this.gathered.get(tenantId) ?? { here: new Map(), gone: new Map() };
    this.gathered.set(tenantId, gathered);
    gathered[what].set(device.id, device);
    this.timer ??= setTimeout(() => void this.flush(), gatherMs).unref();
  }

  private take(tenantId: string, moves: readonly PresenceMove[]): void {
    for (const { userId, invisible } of moves) {
      if (!this.owed.has(`${tenantId} ${userId}`)) this.local.learn(tenantId, userId, invisible);
    }
    const news = newsOf(tenantId, moves);
    if (news !== undefined) this.publish(news);
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    if (!this.store.isReady) return;
    try {
      await act();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn('presence.not_shared', { error });
      this.failing = true;
    }
  }
}
