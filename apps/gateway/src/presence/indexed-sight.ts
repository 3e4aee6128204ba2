import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { SharedConversations, type Sighting } from '@parley/domain/presence';
import { KeptApart } from '../live/kept-apart';
import { LiveDelivery } from '../live/live-delivery';
import { LocalPresence } from './local-presence';

/** Asks the audience index first: of a user who is here to be seen it knows all that is asked. */
@Injectable()
export class IndexedSight extends SharedConversations {
  constructor(
    db: Db,
    private readonly live: LiveDelivery,
    private readonly local: LocalPresence,
    private readonly apart: KeptApart,
  ) {
    super(db);
  }

  override async canSeePresence(
    tenantId: string,
    viewerId: string,
    userIds: readonly string[],
  ): Promise<Sighting[]> {
    const isKnown = (userId: string): boolean =>
      this.local.statusOf(tenantId, userId, { alone: false }) !== 'offline' &&
      (userId === viewerId || this.live.share(tenantId, viewerId, userId));
    const known = userIds.filter(isKnown);
    const others = userIds.filter((userId) => !known.includes(userId));
    return [
      ...known.map((userId) => ({
        userId,
        lastSeenAt: null,
        apart: this.apart.areApart(tenantId, viewerId, userId),
      })),
      ...(await super.canSeePresence(tenantId, viewerId, others)),
    ];
  }
}
