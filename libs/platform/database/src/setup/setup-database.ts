import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { parseDatabaseUrl, withDatabase } from './database-url';
import { errorCode } from './error-parts';
import { appRole, ownerRole, systemRole } from './roles';
import { scramVerifier } from './scram-verifier';
import { setupSentence, SetupError } from './setup.error';

export interface SetupOptions {
  /** A superuser, or a role with CREATEROLE and CREATEDB. Its path names the database to set up. */
  adminUrl: string;
  /** Of the role `parley_app`: its password becomes the role's. */
  appUrl: string;
  /** Of the role `parley_system`: its password becomes the role's. */
  systemUrl: string;
}

/**
 * Makes the three roles, the database when it is missing, and its default privileges. Doing it again changes nothing but the
 * passwords, which become those of the URLs. Throws {@link SetupError} with one sentence.
 */
export async function setupDatabase(options: SetupOptions): Promise<void> {
  const { database } = parseDatabaseUrl(options.adminUrl);
  const app = loginOf(options.appUrl, appRole, database);
  const system = loginOf(options.systemUrl, systemRole, database);
  try {
    await withClient(await maintenanceUrl(options.adminUrl, database), async (admin) => {
      // Two setups at once would trip over each other's catalogue rows.
      await admin.query(`SELECT pg_advisory_lock(hashtext('parley db:setup'))`);
      await ensureOwner(admin);
      await ensureLogin(admin, appRole, app.password);
      await ensureLogin(admin, systemRole, system.password);
      await ensureDatabase(admin, database);
      await withClient(options.adminUrl, (inside) => arrangePrivileges(inside, database));
    });
  } catch (error) {
    throw error instanceof SetupError ? error : setupSentence(error);
  }
}

function loginOf(url: string, role: string, database: string): { password: string } {
  const parts = parseDatabaseUrl(url);
  if (parts.user !== role) {
    throw new SetupError(
      `The database URL of the role ${role} must log in as ${role}, not as "${parts.user}".`,
    );
  }
  if (parts.database !== database) {
    throw new SetupError(
      `The database URLs must name one database: the administrator's says "${database}", that of ${role} "${parts.database}".`,
    );
  }
  if (!/^[\x20-\x7e]+$/.test(parts.password)) {
    throw new SetupError(`The database URL of ${role} must carry a password of printable ASCII characters.`);
  }
  return parts;
}

async function ensureOwner(admin: Client): Promise<void> {
  await ensureRole(admin, ownerRole, 'NOLOGIN', false);
  const { rows } = await admin.query<{ superuser: boolean; version: number }>(
    `SELECT rolsuper AS superuser, current_setting('server_version_num')::int AS version FROM pg_roles WHERE rolname = current_user`,
  );
  if (rows[0]?.superuser) return;
  // From 16 on, CREATEROLE alone no longer lets a role act as the roles it made.
  const how = (rows[0]?.version ?? 0) >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : '';
  const member = await admin.query<{ is: boolean }>(`SELECT pg_has_role(current_user, $1, 'USAGE') AS is`, [
    ownerRole,
  ]);
  if (how !== '' || !member.rows[0]?.is) await admin.query(`GRANT ${ownerRole} TO CURRENT_USER${how}`);
}

async function ensureLogin(admin: Client, role: string, password: string): Promise<void> {
  await ensureRole(admin, role, 'LOGIN', true);
  await admin.query(`ALTER ROLE ${role} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
}

interface RoleRow {
  rolcanlogin: boolean;
  unsafe: string | null;
}

async function ensureRole(
  admin: Client,
  role: string,
  login: 'LOGIN' | 'NOLOGIN',
  canLogin: boolean,
): Promise<void> {
  const { rows } = await admin.query<RoleRow>(
    `SELECT rolcanlogin, concat_ws(' ', CASE WHEN rolsuper THEN 'NOSUPERUSER' END, CASE WHEN rolbypassrls THEN 'NOBYPASSRLS' END,
            CASE WHEN rolcreaterole THEN 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'NOCREATEDB' END) AS unsafe
       FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  const found = rows[0];
  if (!found) {
    await admin.query(`CREATE ROLE ${role} ${login} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB`);
    return;
  }
  // Only what is wrong is changed: a mere CREATEROLE may not even name some of these attributes.
  const changes = [found.rolcanlogin === canLogin ? '' : login, found.unsafe ?? ''].filter(Boolean).join(' ');
  if (changes) await admin.query(`ALTER ROLE ${role} ${changes}`);
}

async function ensureDatabase(admin: Client, database: string): Promise<void> {
  const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0)
    await admin.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${ownerRole}`);
}

async function arrangePrivileges(admin: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const { rows } = await admin.query<{ owner: string; admin: string }>(
    `SELECT pg_get_userbyid(datdba) AS owner, current_user AS admin FROM pg_database WHERE datname = current_database()`,
  );
  if (rows[0]?.owner !== ownerRole) await admin.query(`ALTER DATABASE ${name} OWNER TO ${ownerRole}`);
  const schema = await admin.query<{ owner: string }>(
    `SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'public'`,
  );
  if (schema.rows.length === 0) await admin.query(`CREATE SCHEMA public AUTHORIZATION ${ownerRole}`);
  await admin.query('BEGIN');
  // As the owner of the database the role may take the schema from pg_database_owner; from anybody else only a superuser can.
  if (schema.rows[0] && schema.rows[0].owner !== ownerRole) {
    if (schema.rows[0].owner === 'pg_database_owner') await admin.query(`SET LOCAL ROLE ${ownerRole}`);
    await admin.query(`ALTER SCHEMA public OWNER TO ${ownerRole}`);
  }
  await admin.query(`SET LOCAL ROLE ${ownerRole}`);
  const adminName = escapeIdentifier(rows[0]?.admin ?? '');
  await admin.query(`
    REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name} TO ${appRole}, ${systemRole}, ${adminName};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${appRole}, ${systemRole};
    -- Without a schema: what PUBLIC gets by default is not taken away by a rule of one schema.
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${appRole};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${appRole};
  `);
  await admin.query('COMMIT');
}

/** A database that certainly exists, to make the wanted one from. */
async function maintenanceUrl(adminUrl: string, database: string): Promise<string> {
  for (const candidate of ['postgres', 'template1', database]) {
    const url = withDatabase(adminUrl, candidate);
    try {
      await withClient(url, async () => undefined);
      return url;
    } catch (error) {
      // Missing, or closed to this role: hosted PostgreSQL often gives away a single database.
      if (!['3D000', '42501', '28000'].includes(errorCode(error))) throw error;
    }
  }
  throw new SetupError(
    `The administrator's role can open none of the databases "postgres", "template1" and "${database}".`,
  );
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'parley db:setup',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
