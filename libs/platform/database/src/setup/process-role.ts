/** A process must not run with this role: row-level security would not hold for it. */
export class UnsafeRoleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafeRoleError';
  }
}

/** What the check needs of a connection: a `pg` client or pool fits. */
export interface RoleQueryable {
  query(sql: string): Promise<{ rows: unknown[] }>;
}

interface RoleRow {
  role: string;
  superuser: boolean;
  bypassrls: boolean;
  owned: string | null;
}

// Membership counts like the right itself: a member of the owner may become the owner at any time.
const roleQuery = `
  SELECT session_user AS role,
         bool_or(r.rolsuper) AS superuser,
         bool_or(r.rolbypassrls) AS bypassrls,
         (SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
             AND pg_has_role(session_user, c.relowner, 'MEMBER')
           ORDER BY 1 LIMIT 1) AS owned
    FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')`;

/** The check at the start of every process. Throws {@link UnsafeRoleError} that names the role and what is wrong with it. */
export async function assertProcessRole(client: RoleQueryable): Promise<void> {
  const { rows } = await client.query(roleQuery);
  const { role, superuser, bypassrls, owned } = rows[0] as RoleRow;
  const fault = superuser
    ? 'is a superuser'
    : bypassrls
      ? 'has BYPASSRLS'
      : owned !== null
        ? `owns the table ${owned}`
        : null;
  if (fault === null) return;
  throw new UnsafeRoleError(
    `Refusing to run with the database role "${role}": it ${fault}, so row-level security would not hold; use the roles that db:setup ` +
      'makes (parley_app in DATABASE_URL, parley_system in DATABASE_SYSTEM_URL).',
  );
}
