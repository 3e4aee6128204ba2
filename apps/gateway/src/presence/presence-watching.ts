import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { PresenceView } from '@parley/contracts/wire';
import { Log } from '@parley/platform/telemetry';
import { PresenceSight } from '@parley/domain/presence';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { Frame } from '../connections/frame';
import { LiveDelivery } from '../live/live-delivery';
import { OpenConversations } from '../live/open-conversations';
import { PresenceAudience } from './presence-audience';

/** What is asked for by `presence.watch`; other reasons are conversations. */
const asked = 'asked';
/** Connections that are checked in one second at most; the others hear of nobody until then. */
const checksAtOnce = 100;

/** Where presence meets conversations. */
@Injectable()
export class PresenceBounds {
  constructor(
    readonly connections: Connections,
    readonly live: LiveDelivery,
    readonly opened: OpenConversations,
  ) {}
}

/** Who may watch whom, for as long as they share a conversation. */
@Injectable()
export class PresenceWatching {
  private readonly partners = new LRUCache<string, { userId: string | undefined }>({ max: 50_000 });
  private readonly toCheck = new Set<Connection>();
  private checking = false;

  constructor(
    private readonly audience: PresenceAudience,
    private readonly sight: PresenceSight,
    private readonly bounds: PresenceBounds,
    private readonly log: Log,
  ) {
    const { connections, live, opened } = bounds;
    connections.onRemoved((connection) => {
      this.toCheck.delete(connection);
      audience.drop(connection);
    });
    opened.onClosed((connection, conversationId) => {
      audience.watches.set(connection, conversationId, connection.actor.tenantId, []);
    });
    live.onLeft((tenantId, conversationId, userId) => this.checkSoon(tenantId, conversationId, userId));
  }

  /** Watches these instead of those of the last time, as far as the caller may. @throws AppError `service.unavailable` */
  async watch(connection: Connection, userIds: readonly string[]): Promise<PresenceView[]> {
    const { tenantId, userId } = connection.actor;
    const sightings = await this.sight.canSeePresence(tenantId, userId, userIds);
    return this.bounds.connections.has(connection) ? this.audience.watch(connection, asked, sightings) : [];
  }

  /** Watches the other one of a direct conversation for as long as it is open. Nobody waits for it. */
  async opened(connection: Connection, conversationId: string): Promise<void> {
    const { tenantId, userId } = connection.actor;
    try {
      const partner = await this.partnerIn(tenantId, conversationId, userId);
      if (partner === undefined) return;
      const sightings = await this.sight.canSeePresence(tenantId, userId, [partner]);
      if (!this.bounds.opened.has(connection, conversationId)) return;
      for (const view of await this.audience.watch(connection, conversationId, sightings)) {
        connection.sendLossy(`presence ${view.userId}`, Frame.of('presence.updated', view));
      }
    } catch (error) {
      this.log.warn('presence.partner_unread', { tenantId, error });
    }
  }

  /** Finds out whom those may see still who, or whose subjects, left a conversation. */
  async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    for (const connection of [...this.toCheck].slice(0, checksAtOnce)) {
      const { tenantId, userId } = connection.actor;
      const subjects = this.audience.watches.of(connection);
      this.toCheck.delete(connection);
      try {
        const seen = await this.sight.canSeePresence(
          tenantId,
          userId,
          subjects.map((each) => each.userId),
        );
        const ids = new Set(seen.map((each) => each.userId));
        // Left once more meanwhile: the next check decides.
        if (this.toCheck.has(connection)) continue;
        this.audience.release(
          connection,
          subjects.filter((each) => !ids.has(each.userId)),
        );
      } catch (error) {
        this.log.warn('presence.unchecked', { tenantId, error });
        this.toCheck.add(connection);
        break;
      }
    }
    this.checking = false;
  }

  private checkSoon(tenantId: string, conversationId: string, userId: string): void {
    const { connections, live } = this.bounds;
    const viewers = [...connections.of(tenantId, userId)].filter(
      (connection) => this.audience.watches.of(connection).length > 0,
    );
    // To those who are not in that conversation nothing has changed.
    const watchers = [...(this.audience.watches.get(tenantId, userId)?.watchers.keys() ?? [])].filter(
      ({ actor }) => live.headFor(tenantId, actor.userId, conversationId) !== undefined,
    );
    for (const connection of [...viewers, ...watchers]) {
      this.audience.hold(connection);
      this.toCheck.add(connection);
    }
  }

  /** The two of a direct conversation never change, so each is asked for once. */
  private async partnerIn(
    tenantId: string,
    conversationId: string,
    userId: string,
  ): Promise<string | undefined> {
    const key = `${tenantId} ${conversationId} ${userId}`;
    const known = this.partners.get(key);
    if (known !== undefined) return known.userId;
    const partner = await this.sight.partnerIn(tenantId, conversationId, userId);
    this.partners.set(key, { userId: partner });
    return partner;
  }
}
