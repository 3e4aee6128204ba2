import { Injectable } from '@nestjs/common';
import { AppError, type PresenceChoiceStatus, type PresenceSetResult } from '@parley/contracts/wire';
import { Overload } from '@parley/platform/ratelimit';
import { Bus } from '@parley/platform/realtime';
import { Limits } from '@parley/domain/limits';
import { PresenceRecords } from '@parley/domain/presence';
import type { Connection } from '../connections/connection';
import { LocalPresence } from '../presence/local-presence';
import { PresenceWatching } from '../presence/presence-watching';
import { SharedPresence } from '../presence/shared-presence';
import type { RequestHandlers } from './request-registry';

/** What a device says of its user's presence. */
@Injectable()
export class PresenceChoices {
  constructor(
    private readonly local: LocalPresence,
    private readonly shared: SharedPresence,
    private readonly records: PresenceRecords,
    private readonly bus: Bus,
  ) {}

  /** @throws AppError `service.unavailable` where it could not be kept that the user is (in)visible */
  async set(connection: Connection, status: PresenceChoiceStatus): Promise<PresenceSetResult> {
    const { tenantId, userId } = connection.actor;
    const invisible = status === 'invisible';
    if (invisible !== (this.local.user(tenantId, userId)?.invisible ?? false)) {
      await this.records.choose(tenantId, userId, invisible);
      const choice = { tenantId, userId, invisible, away: null };
      this.local.choose(choice);
      await this.shared.choose(tenantId, userId, invisible);
      this.bus.publishChoice(choice);
    }
    if (!invisible) this.local.setAway(connection, status === 'away');
    return { status };
  }
}

/** The requests about presence, one line each. */
@Injectable()
export class PresenceRequests {
  constructor(
    private readonly choices: PresenceChoices,
    private readonly watching: PresenceWatching,
    private readonly limits: Limits,
    private readonly overload: Overload,
  ) {}

  handlers(): Pick<RequestHandlers, 'presence.set' | 'presence.watch'> {
    return {
      'presence.set': {
        handle: async (session, { status }) => {
          await session.loaded;
          return this.limits.write(session.actor, () => this.choices.set(session.connection, status));
        },
      },
      'presence.watch': {
        handle: async (session, { userIds }) => {
          await session.loaded;
          // What nobody misses is put off first (F37).
          if (this.overload.isOverloaded) {
            throw new AppError('service.overloaded', { retryAfterMs: this.overload.retryAfterMs() });
          }
          await this.limits.take(session.actor, 'read', () => undefined);
          return { presence: await this.watching.watch(session.connection, userIds) };
        },
      },
    };
  }
}
