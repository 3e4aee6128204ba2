import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { directPartner, presenceSight } from './presence.functions';

/** A user whose presence the viewer may see. */
export interface Sighting {
  userId: string;
  lastSeenAt: Date | null;
  /** One of the two blocks the other: each looks to the other like one who is never here. */
  apart: boolean;
}

/** The one place that says who may see whose presence. */
export abstract class PresenceSight {
  /** Those of the users whom the viewer may see. @throws AppError `service.unavailable` */
  abstract canSeePresence(
    tenantId: string,
    viewerId: string,
    userIds: readonly string[],
  ): Promise<Sighting[]>;

  /** The other one in a direct conversation of the user; undefined where it is none. @throws AppError `service.unavailable` */
  abstract partnerIn(tenantId: string, conversationId: string, userId: string): Promise<string | undefined>;
}

/** Everybody sees whom they share a conversation with, and themselves. */
@Injectable()
export class SharedConversations extends PresenceSight {
  constructor(private readonly db: Db) {
    super();
  }

  override async canSeePresence(
    tenantId: string,
    viewerId: string,
    userIds: readonly string[],
  ): Promise<Sighting[]> {
    if (userIds.length === 0) return [];
    const rows = await this.db.hot.call(presenceSight, tenantId, viewerId, userIds);
    return rows.map(({ user_id, last_seen_at, apart }) => ({
      userId: user_id,
      lastSeenAt: last_seen_at,
      apart,
    }));
  }

  override async partnerIn(
    tenantId: string,
    conversationId: string,
    userId: string,
  ): Promise<string | undefined> {
    const [row] = await this.db.hot.call(directPartner, tenantId, conversationId, userId);
    return row?.user_id;
  }
}
