import { AppError, type TenantStatus, type UserRole } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import { RecentCache } from './recent-cache';
import { UserLookUps } from './user-look-ups';

/** What decides whether a user may come in. */
export interface UserState {
  readonly tenantStatus: TenantStatus;
  readonly role: UserRole;
  readonly tokensValidAfter: Date | null;
  readonly deactivated: boolean;
  /** Others see the user as offline. */
  readonly invisible: boolean;
  readonly banned: boolean;
}

/** States of users, at most two seconds old. */
export class UserStates {
  private readonly known = new RecentCache<UserState>({ max: 50_000, maxAbsent: 1_000 });

  private readonly lookUps: UserLookUps;

  constructor(db: Db) {
    this.lookUps = new UserLookUps(db);
  }

  /** The user of a verified token, created with the token's name at first sight. Null: the tenant is gone. */
  async seen(tenantId: string, userId: string, name: string | null): Promise<UserState | null> {
    const state = await this.known.get(cacheKey(tenantId, userId), () =>
      this.load(tenantId, userId, name, true),
    );
    // A look-up that may not create can have left "absent" behind a moment ago.
    return state ?? this.load(tenantId, userId, name, true);
  }

  async find(tenantId: string, userId: string): Promise<UserState | null> {
    return this.known.get(cacheKey(tenantId, userId), () => this.load(tenantId, userId, null, false));
  }

  private async load(
    tenantId: string,
    userId: string,
    name: string | null,
    create: boolean,
  ): Promise<UserState | null> {
    const row = await this.lookUps.find(tenantId, userId, { name, create });
    if (row === undefined) return null;
    return {
      tenantStatus: row.tenant_status,
      role: row.role,
      tokensValidAfter: row.tokens_valid_after,
      deactivated: row.deactivated_at !== null,
      invisible: row.invisible,
      banned: row.banned,
    };
  }
}

/** @throws AppError `tenant.suspended`, `user.deactivated`, `user.banned` */
export function assertMayEnter(state: UserState): void {
  if (state.tenantStatus !== 'active') throw new AppError('tenant.suspended');
  if (state.deactivated) throw new AppError('user.deactivated');
  if (state.banned) throw new AppError('user.banned');
}

// A tenant id has a fixed form, so that no pair of ids reads like another pair.
function cacheKey(tenantId: string, userId: string): string {
  return `${tenantId}:${userId}`;
}
