import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { keptApart } from './block.functions';

/** One of the two blocks the other; which one is nobody's affair. */
export interface Separation {
  userId: string;
  otherId: string;
  /** The direct conversations of the two. */
  conversationIds: readonly string[];
}

/** Who is kept apart from whom, for those who ask for live. */
@Injectable()
export class Separations {
  constructor(private readonly db: Db) {}

  /** Of each of these users from all others, as it is this moment; one query for all. @throws AppError `service.unavailable` */
  async of(tenantId: string, userIds: readonly string[]): Promise<Separation[]> {
    const rows = await this.db.hot.call(keptApart, tenantId, userIds);
    return rows.map(({ user_id, other_id, conversation_ids }) => ({
      userId: user_id,
      otherId: other_id,
      conversationIds: conversation_ids,
    }));
  }
}
