import { Injectable } from '@nestjs/common';
import type { UserRole } from '@parley/contracts/wire';
import { Db, hotFunction, type Tx } from '@parley/platform/database';
import type { UserRow } from './user.view';

/** Fields that stay as they are when they are absent. */
export interface UserChanges {
  name?: string | null | undefined;
  avatarUrl?: string | null | undefined;
  role?: UserRole | undefined;
  deactivated?: boolean | undefined;
}

/** A user with the time up to which its tokens are revoked. */
export type UserWithTokens = UserRow & { tokensValidAfter: Date | null };

export interface UserRange {
  prefix: string;
  /** Ids after it. */
  after: string | null;
  take: number;
  seenBy: string | null;
}

/** What of a row of search_users_v1 is read. */
interface FoundUserRow {
  id: string;
  name: string | null;
  avatar_url: string | null;
  role: string;
  deactivated_at: Date | null;
  created_at: Date;
}
const searchUsers = hotFunction<FoundUserRow>('search_users_v1', [
  'uuid',
  'text[]',
  'text',
  'text',
  'text',
  'int',
]);

/** Sorts behind every text that begins with the prefix: ids are compared byte by byte (COLLATE "C"). */
const lastCharacter = '\u{10FFFF}';

/** Users of one tenant in the database. */
@Injectable()
export class UserRepository {
  constructor(private readonly db: Db) {}

  /** `seenBy`: only itself and those with whom this user shares a conversation; null: everybody. */
  async find(tenantId: string, id: string, seenBy: string | null): Promise<UserRow | null> {
    return this.db.tx(tenantId, ({ prisma }) =>
      prisma.appUser.findFirst({ where: { tenantId, id, ...sharing(seenBy) } }),
    );
  }

  /** In the order of the ids; `seenBy` as in `find`. */
  async list(tenantId: string, { prefix, after, take, seenBy }: UserRange): Promise<UserRow[]> {
    const id = {
      gte: prefix,
      lt: `${prefix}${lastCharacter}`,
      ...(after === null ? {} : { gt: after }),
    };
    return this.db.tx(tenantId, ({ prisma }) =>
      prisma.appUser.findMany({ where: { tenantId, id, ...sharing(seenBy) }, orderBy: { id: 'asc' }, take }),
    );
  }

  /** Those who have every term as a part of the id or the name, in any case; in the order of the ids; `seenBy` as in `find`. */
  async search(
    tenantId: string,
    terms: string[],
    { prefix, after, take, seenBy }: UserRange,
  ): Promise<UserRow[]> {
    const rows = await this.db.hot.call(searchUsers, tenantId, terms, prefix, after, seenBy, take);
    return rows.map(({ id, name, avatar_url, role, deactivated_at, created_at }) => ({
      id,
      name,
      avatarUrl: avatar_url,
      role,
      deactivatedAt: deactivated_at,
      createdAt: created_at,
    }));
  }

  /** Null: there was no such user before. */
  async lock(tx: Tx, id: string): Promise<{ role: string; deactivated: boolean } | null> {
    const [row] = await tx.sql<{ role: string; deactivated: boolean }>`
      SELECT role, deactivated_at IS NOT NULL AS deactivated FROM app_user
       WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id} FOR NO KEY UPDATE`;
    return row ?? null;
  }

  async save({ prisma, tenantId }: Tx, id: string, changes: UserChanges): Promise<UserRow> {
    const { deactivated, ...fields } = changes;
    const user = await prisma.appUser.upsert({
      where: { tenantId_id: { tenantId, id } },
      create: { tenantId, id, ...defined(fields) },
      update: defined(fields),
    });
    if (deactivated === undefined || deactivated === (user.deactivatedAt !== null)) return user;
    const deactivatedAt = deactivated ? new Date() : null;
    return prisma.appUser.update({ where: { tenantId_id: { tenantId, id } }, data: { deactivatedAt } });
  }

  /** The user, made with the name where it does not exist. */
  async findOrCreate(tx: Tx, id: string, name: string | null): Promise<UserWithTokens> {
    const { prisma, tenantId } = tx;
    const existing = await findUser(tx, id);
    if (existing !== null) return existing;
    await prisma.appUser.createMany({ data: [{ tenantId, id, name }], skipDuplicates: true });
    return prisma.appUser.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } });
  }

  /** Whether the tenant keeps the user out now. */
  async isBanned({ prisma, tenantId }: Tx, userId: string): Promise<boolean> {
    const holds = { OR: [{ until: null }, { until: { gt: new Date() } }] };
    return (await prisma.userBan.count({ where: { tenantId, userId, ...holds } })) > 0;
  }

  /** Tokens issued up to this time end; an earlier time than the stored one changes nothing. False: no such user. */
  async revokeTokens(tx: Tx, id: string, upTo: Date): Promise<boolean> {
    const { count } = await tx.prisma.appUser.updateMany({
      where: {
        tenantId: tx.tenantId,
        id,
        OR: [{ tokensValidAfter: null }, { tokensValidAfter: { lt: upTo } }],
      },
      data: { tokensValidAfter: upTo },
    });
    return count > 0 || (await findUser(tx, id)) !== null;
  }
}

function sharing(userId: string | null) {
  if (userId === null) return {};
  const conversation = { participants: { some: { userId, leftSeq: null } } };
  return { OR: [{ id: userId }, { participants: { some: { leftSeq: null, conversation } } }] };
}

function findUser({ prisma, tenantId }: Tx, id: string): Promise<UserWithTokens | null> {
  return prisma.appUser.findUnique({ where: { tenantId_id: { tenantId, id } } });
}

/** Without the absent fields: what is not given must not reach the query at all. */
function defined({ name, avatarUrl, role }: UserChanges): Omit<UserChanges, 'deactivated'> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(role === undefined ? {} : { role }),
  };
}
