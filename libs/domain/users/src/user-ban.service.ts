import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { userIdPattern, type CreateBanDto, type PageQueryDto } from '@parley/contracts/dto';
import { AppError, limits, type BanView, type Page } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { recordAct } from '@parley/domain/audit';
import { banEnd } from '@parley/domain/participants';
import { assertMayBanUser, assertMayModerate } from './user.policy';
import { UserBanRepository } from './user-ban.repository';

/** Keeps users out of the tenant. */
@Injectable()
export class UserBanService {
  constructor(
    private readonly db: Db,
    private readonly repository: UserBanRepository,
    private readonly publisher: Publisher,
  ) {}

  /** Those that hold, by user. @throws AppError `permission.denied`, `scope.missing`, `cursor.invalid` */
  async list(actor: Actor, query: PageQueryDto): Promise<Page<BanView>> {
    assertMayModerate(actor);
    const after = decodeCursor(query.cursor, z.string().regex(userIdPattern));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.db.tx(actor.tenantId, (tx) => this.repository.list(tx, after, limit + 1));
    return pageOf(rows, limit, ({ userId }) => userId);
  }

  /**
   * The user's tokens are refused and its connections end within two seconds, on every process, until the end or until the
   * ban is lifted. A new ban takes the place of the one before it.
   * @throws AppError `permission.denied`, `scope.missing`, `user.not_found`, `request.invalid` for an end that has passed
   */
  async ban(actor: Actor, input: CreateBanDto, once: Once = everyTime): Promise<BanView> {
    assertMayModerate(actor);
    const { answer } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, async () => ({ answer: await this.put(tx, actor, input), news: null })),
    );
    const { tenantId } = actor;
    const { userId } = input;
    this.publisher.publishRevocations([
      { kind: 'user', tenantId, userId, issuedUpTo: null, deactivated: false, banned: true },
    ]);
    return answer;
  }

  /** Within two seconds on every process. @throws AppError `permission.denied`, `scope.missing`, `ban.not_found` */
  async lift(actor: Actor, userId: string): Promise<void> {
    assertMayModerate(actor);
    await this.db.tx(actor.tenantId, async (tx) => {
      if (!(await this.repository.lift(tx, userId))) throw new AppError('ban.not_found');
      await recordAct(tx, actor, { action: 'ban.lift', target: userId });
    });
  }

  private async put(tx: Tx, actor: Actor, input: CreateBanDto): Promise<BanView> {
    const { userId, reason } = input;
    const until = banEnd(input.until);
    const role = await this.repository.roleOf(tx, userId);
    if (role === null) throw new AppError('user.not_found');
    assertMayBanUser(actor, { userId, role });
    const ban = await this.repository.put(tx, actor, { userId, reason: reason ?? null, until });
    await recordAct(tx, actor, {
      action: 'ban.create',
      target: userId,
      reason,
      details: { until: ban.until },
    });
    return ban;
  }
}
