import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto } from '@parley/contracts/dto';
import { userIdPattern } from '@parley/contracts/dto';
import type { BlockChange } from '@parley/contracts/internal';
import { AppError, limits, type BlockUpdatedData, type BlockView, type Page } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Done, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { Timeline } from '@parley/domain/timeline';
import { BlockRepository } from './block.repository';
import { lockPair } from './may-meet';

/** Direct conversations of two users that one transaction settles: there are more only where each has a subject of its own. */
const settledAtOnce = 50;

/** What changed, for those who are told after the commit. */
interface News {
  changes: BlockChange[];
  data: BlockUpdatedData;
}

/** Lets users keep others away from them. */
@Injectable()
export class BlockService {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly repository: BlockRepository,
    private readonly publisher: Publisher,
  ) {}

  /** Whom the caller blocks, by id. @throws AppError `actor.required`, `cursor.invalid` */
  async list(actor: Actor, query: PageQueryDto): Promise<Page<BlockView>> {
    const userId = blockerOf(actor);
    const after = decodeCursor(query.cursor, z.string().regex(userIdPattern));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, (tx) => this.repository.list(tx, userId, after, limit + 1));
    return pageOf(rows, limit, (block) => block.userId);
  }

  /**
   * From the answer on neither reaches the other in their direct conversations, and within two seconds neither sees the
   * other type there or come online; once more changes nothing.
   * @throws AppError `user.not_found`, `request.invalid` for oneself, `block.limit_reached`, `actor.required`
   */
  async block(actor: Actor, blockedId: string, once: Once = everyTime): Promise<BlockView> {
    const userId = blockerOf(actor);
    if (userId === blockedId) {
      const issues = [{ path: 'userId', message: 'must be another user' }];
      throw new AppError('request.invalid', { issues });
    }
    const { answer, news } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, () => this.add(tx, userId, blockedId)),
    );
    if (news !== null) this.tell(actor.tenantId, userId, news);
    await this.settleOthers(actor.tenantId, [userId, blockedId]);
    return answer;
  }

  /** Where there is none, nothing changes. @throws AppError `actor.required` */
  async unblock(actor: Actor, blockedId: string): Promise<void> {
    const userId = blockerOf(actor);
    const news = await this.db.tx(actor.tenantId, async (tx): Promise<News | null> => {
      await lockPair(tx, userId, blockedId);
      if (!(await this.repository.remove(tx, userId, blockedId))) return null;
      await this.settle(tx, [userId, blockedId], null);
      const changes = await this.repository.stamp(tx, [userId, blockedId]);
      return { changes, data: { userId: blockedId, block: null } };
    });
    if (news !== null) this.tell(actor.tenantId, userId, news);
    await this.settleOthers(actor.tenantId, [userId, blockedId]);
  }

  private async add(tx: Tx, userId: string, blockedId: string): Promise<Done<BlockView, News | null>> {
    await lockPair(tx, userId, blockedId);
    const known = await this.repository.find(tx, userId, blockedId);
    if (known !== null) return { answer: known, news: null };
    if (!(await this.repository.isUser(tx, blockedId))) throw new AppError('user.not_found');
    if ((await this.repository.count(tx, userId)) >= limits.blocksPerUser)
      throw new AppError('block.limit_reached');
    const block = await this.repository.add(tx, userId, blockedId);
    await this.settle(tx, [userId, blockedId], null);
    const changes = await this.repository.stamp(tx, [userId, blockedId]);
    return { answer: block, news: { changes, data: { userId: blockedId, block } } };
  }

  /** The gateways of both learn that something changed; of clients those of the blocker alone, for whom it is no secret. */
  private tell(tenantId: string, blockerId: string, { changes, data }: News): void {
    this.publisher.publishBlockChanges(changes);
    const type = 'block.updated';
    const at = new Date(changes[0]?.at ?? 0).toISOString();
    const json = JSON.stringify({ type, at, data });
    this.publisher.publishToUsers({ tenantId, userIds: [blockerId], type, json });
  }

  /** The first conversations are settled with the block itself; more of them in transactions of their own. */
  private async settleOthers(tenantId: string, pair: readonly [string, string]): Promise<void> {
    let after = await this.db.tx(tenantId, (tx) => this.lastSettled(tx, pair));
    while (after !== null) {
      const from = after;
      after = await this.db.tx(tenantId, (tx) => this.settle(tx, pair, from));
    }
  }

  private async lastSettled(tx: Tx, pair: readonly [string, string]): Promise<string | null> {
    const ids = await this.repository.directConversations(tx, pair, null, settledAtOnce);
    return ids.length < settledAtOnce ? null : (ids.at(-1) ?? null);
  }

  /** In the order of their ids, as sends lock them. Returns where to go on; null: that was the last. */
  private async settle(
    tx: Tx,
    pair: readonly [string, string],
    after: string | null,
  ): Promise<string | null> {
    const ids = await this.repository.directConversations(tx, pair, after, settledAtOnce);
    for (const id of ids) {
      if ((await this.timeline.lock(tx, id)) !== null) await this.repository.settle(tx, id, pair);
    }
    return ids.length < settledAtOnce ? null : (ids.at(-1) ?? null);
  }
}

function blockerOf(actor: Actor): string {
  assertScope(actor, 'users');
  return requireUser(actor);
}
