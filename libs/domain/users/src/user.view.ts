import type { UserRole, UserView } from '@parley/contracts/wire';

/** The columns of a user that anybody may see. */
export interface UserRow {
  id: string;
  name: string | null;
  avatarUrl: string | null;
  role: string;
  deactivatedAt: Date | null;
  createdAt: Date;
}

export function userView(row: UserRow): UserView {
  return {
    id: row.id,
    name: row.name,
    avatarUrl: row.avatarUrl,
    role: row.role as UserRole,
    deactivated: row.deactivatedAt !== null,
    createdAt: row.createdAt.toISOString(),
  };
}
