import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  CreateTokenDto,
  RevokeTokensDto,
  UpdateMeDto,
  UpsertUserDto,
  UserPageQueryDto,
} from '@parley/contracts/dto';
import { userIdPattern } from '@parley/contracts/dto';
import {
  AppError,
  limits,
  publicLimits,
  type MeView,
  type Page,
  type TokenView,
  type UserRole,
  type UserView,
} from '@parley/contracts/wire';
import { recordAct } from '@parley/domain/audit';
import { KeyService, TenantService, TenantSettings } from '@parley/domain/tenants';
import { mintToken, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { Publisher } from '@parley/platform/realtime';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import {
  assertMayChangeUser,
  assertMayIssueTokens,
  assertMayManageUsers,
  assertMaySeeUsers,
  seesEverybody,
} from './user.policy';
import { UserRepository } from './user.repository';
import { userView } from './user.view';

/** The last id of a page. */
const cursorSchema = z.string().regex(userIdPattern);

/** The users of the actor's tenant. What it answers is at once true here and within two seconds on every process. */
@Injectable()
export class UserService {
  constructor(
    private readonly db: Db,
    private readonly repository: UserRepository,
    private readonly tenants: TenantService,
    private readonly keys: KeyService,
    private readonly publisher: Publisher,
    private readonly settings: TenantSettings,
  ) {}

  /** @throws AppError `user.not_found`, `scope.missing` */
  async get(actor: Actor, userId: string): Promise<UserView> {
    assertMaySeeUsers(actor);
    const seenBy = await this.viewerOf(actor);
    const user = userIdPattern.test(userId)
      ? await this.repository.find(actor.tenantId, userId, seenBy)
      : null;
    if (user === null) throw new AppError('user.not_found');
    return userView(user);
  }

  /** In the order of the ids; `q` finds by parts of ids and names. @throws AppError `scope.missing`, `cursor.invalid` */
  async list(actor: Actor, query: UserPageQueryDto): Promise<Page<UserView>> {
    assertMaySeeUsers(actor);
    const limit = query.limit ?? limits.pageDefaultItems;
    const after = decodeCursor(query.cursor, cursorSchema);
    const range = { prefix: query.prefix ?? '', after, take: limit + 1, seenBy: await this.viewerOf(actor) };
    const rows =
      query.q === undefined
        ? await this.repository.list(actor.tenantId, range)
        : await this.repository.search(actor.tenantId, query.q.trim().split(/\s+/), range);
    return pageOf(rows.map(userView), limit, ({ id }) => id);
  }

  /** Creates or changes; absent fields stay. @throws AppError `permission.denied`, `scope.missing`, `request.invalid` */
  async upsert(actor: Actor, userId: string, input: UpsertUserDto): Promise<UserView> {
    assertMayManageUsers(actor);
    if (!userIdPattern.test(userId)) {
      const issues = [{ path: 'userId', message: 'must be 1 to 128 visible characters' }];
      throw new AppError('request.invalid', { issues });
    }
    const { name, avatarUrl, role, deactivated } = input;
    const user = await this.db.tx(actor.tenantId, async (tx) => {
      await this.recordChange(tx, actor, userId, { role, deactivated });
      return this.repository.save(tx, userId, { name, avatarUrl, role, deactivated });
    });
    if (deactivated) this.publishRevocation(actor, userId, { issuedUpTo: null, deactivated });
    return userView(user);
  }

  /** @throws AppError `actor.required`, `scope.missing` */
  async updateMe(actor: Actor, { name, avatarUrl }: UpdateMeDto): Promise<UserView> {
    const userId = requireUser(actor);
    assertMayChangeUser(actor, userId);
    return userView(
      await this.db.tx(actor.tenantId, (tx) => this.repository.save(tx, userId, { name, avatarUrl })),
    );
  }

  /** Who the caller is and what it may cost. */
  async me(actor: Actor): Promise<MeView> {
    const user =
      actor.userId === null ? null : await this.repository.find(actor.tenantId, actor.userId, null);
    return {
      tenantId: actor.tenantId,
      ...(user === null ? {} : { user: userView(user) }),
      ...(actor.kind === 'server' ? { scopes: [...actor.scopes] } : {}),
      limits: publicLimits,
      features: await this.settings.featuresOf(actor.tenantId),
    };
  }

  /**
   * Ends the user's tokens that were issued up to `before` (now, when absent), on every process within two seconds.
   * @throws AppError `permission.denied`, `scope.missing`, `user.not_found`, `request.invalid`
   */
  async revokeTokens(actor: Actor, userId: string, { before }: RevokeTokensDto = {}): Promise<void> {
    assertMayChangeUser(actor, userId);
    const now = new Date();
    const upTo = before === undefined ? now : new Date(before);
    // A time to come would also end tokens that nobody has issued yet.
    if (!(upTo <= now)) {
      throw new AppError('request.invalid', {
        issues: [{ path: 'before', message: 'must not be in the future' }],
      });
    }
    if (!userIdPattern.test(userId)) throw new AppError('user.not_found');
    await this.db.tx(actor.tenantId, async (tx) => {
      if (!(await this.repository.revokeTokens(tx, userId, upTo))) throw new AppError('user.not_found');
      if (actor.userId === userId) return;
      const details = { before: upTo.toISOString() };
      await recordAct(tx, actor, { action: 'token.revoke', target: userId, details });
    });
    this.publishRevocation(actor, userId, { issuedUpTo: upTo.getTime(), deactivated: false });
  }

  /** The caller's own: everywhere signed out. @throws AppError `actor.required`, … as `revokeTokens` */
  async revokeOwnTokens(actor: Actor, input: RevokeTokensDto = {}): Promise<void> {
    await this.revokeTokens(actor, requireUser(actor), input);
  }

  /**
   * A token for one user, who is created at first sight.
   * @throws AppError `permission.denied`, `scope.missing`, `user.deactivated`, `user.banned`, `key.not_found` (no active signing key)
   */
  async issueToken(actor: Actor, input: CreateTokenDto, once: Once = everyTime): Promise<TokenView> {
    assertMayIssueTokens(actor);
    const { userId, name, ttlSeconds = limits.tokenDefaultTtlSeconds } = input;
    const key = await this.keys.mintingKey(actor.tenantId);
    const { answer } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, async () => {
        const user = await this.repository.findOrCreate(tx, userId, name ?? null);
        if (user.deactivatedAt !== null) throw new AppError('user.deactivated');
        if (await this.repository.isBanned(tx, userId)) throw new AppError('user.banned');
        const validAfter = user.tokensValidAfter;
        const { token, expiresAt } = mintToken(key, { userId, name, ttlSeconds, validAfter });
        return { answer: { token, userId, expiresAt: expiresAt.toISOString() }, news: null };
      }),
    );
    return answer;
  }

  /** By whose conversations the directory is cut; null: it is not. */
  private async viewerOf(actor: Actor): Promise<string | null> {
    const { directory } = await this.tenants.userSettings(actor.tenantId);
    return seesEverybody(actor, directory) ? null : actor.userId;
  }

  private async recordChange(
    tx: Tx,
    actor: Actor,
    userId: string,
    { role, deactivated }: { role: UserRole | undefined; deactivated: boolean | undefined },
  ): Promise<void> {
    const before = (await this.repository.lock(tx, userId)) ?? { role: 'member', deactivated: false };
    if (role !== undefined && role !== before.role) {
      const details = { role, before: before.role };
      await recordAct(tx, actor, { action: 'user.set_role', target: userId, details });
    }
    if (deactivated !== undefined && deactivated !== before.deactivated) {
      const action = deactivated ? 'user.deactivate' : 'user.reactivate';
      await recordAct(tx, actor, { action, target: userId });
    }
  }

  private publishRevocation(
    { tenantId }: Actor,
    userId: string,
    ended: { issuedUpTo: number | null; deactivated: boolean },
  ): void {
    this.publisher.publishRevocations([{ kind: 'user', tenantId, userId, ...ended }]);
  }
}
