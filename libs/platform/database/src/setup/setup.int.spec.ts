import { existsSync, mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '@parley/platform/embedded';
import { withDatabase } from './database-url';
import { assertProcessRole } from './process-role';
import { setupDatabase, type SetupOptions } from './setup-database';

const systemBin = '/usr/lib/postgresql/15/bin';
const servers: [string, string | undefined][] = [['the embedded PostgreSQL', undefined]];
if (existsSync(systemBin)) servers.push(['the PostgreSQL 15 of the system', systemBin]);

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function check(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await assertProcessRole(client);
  } finally {
    await client.end();
  }
}

describe.each(servers)('setupDatabase on %s', (_name, binDir) => {
  let server: EmbeddedPostgres;
  let folder: string;

  const asRole = (role: string, database: string, password = 'first') =>
    `postgresql://${role}:${password}@127.0.0.1:${server.port}/${database}`;
  const options = (adminUrl: string, database: string, password?: string): SetupOptions => ({
    adminUrl: withDatabase(adminUrl, database),
    appUrl: asRole('parley_app', database, password),
    systemUrl: asRole('parley_system', database, password),
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-setup-'));
    chmodSync(folder, 0o755);
    server = await EmbeddedPostgres.start({ dataDir: folder, adminPassword: 'admin', fsync: false, binDir });
    // First of all: a superuser who made the roles would hide what this role may do by itself.
    await run(server.adminUrl, `CREATE ROLE provisioner LOGIN CREATEROLE CREATEDB PASSWORD 'first'`);
    await setupDatabase(options(asRole('provisioner', 'postgres'), 'by_provisioner'));
  }, 60_000);

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const administrators: [string, string, () => string][] = [
    ['a role with CREATEROLE and CREATEDB', 'by_provisioner', () => asRole('provisioner', 'postgres')],
    ['a superuser', 'by_superuser', () => server.adminUrl],
  ];

  describe.each(administrators)('by %s', (_who, database, adminUrl) => {
    it('can be repeated, also several at once, and sets the passwords of the URLs', async () => {
      await Promise.all([1, 2, 3].map(() => setupDatabase(options(adminUrl(), database))));
      await setupDatabase(options(adminUrl(), database, 'second'));
      expect(await run(asRole('parley_app', database, 'second'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await setupDatabase(options(adminUrl(), database));
      await expect(run(asRole('parley_app', database, 'second'), 'SELECT 1')).rejects.toMatchObject({
        code: '28P01',
      });
    });

    it('gives the application tables and sequences, the system role none, and nobody a function by default', async () => {
      await setupDatabase(options(adminUrl(), database));
      const suffix = database;
      await run(
        withDatabase(adminUrl(), database),
        `SET ROLE parley_owner; CREATE TABLE t_${suffix} (id bigserial); CREATE FUNCTION f_${suffix}() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      );
      const rights = (role: string) => `
        SELECT has_table_privilege('${role}', 't_${suffix}', 'SELECT') AND has_table_privilege('${role}', 't_${suffix}', 'INSERT')
               AND has_table_privilege('${role}', 't_${suffix}', 'UPDATE') AND has_table_privilege('${role}', 't_${suffix}', 'DELETE') AS rows,
               has_table_privilege('${role}', 't_${suffix}', 'SELECT') AS reads,
               has_table_privilege('${role}', 't_${suffix}', 'TRUNCATE') AS empties,
               has_sequence_privilege('${role}', 't_${suffix}_id_seq', 'USAGE') AS counts,
               has_function_privilege('${role}', 'f_${suffix}()', 'EXECUTE') AS calls,
               has_schema_privilege('${role}', 'public', 'CREATE') AS creates,
               has_database_privilege('${role}', current_database(), 'TEMP') AS temporary`;
      const none = { empties: false, calls: false, creates: false, temporary: false };
      const url = asRole('parley_app', database);
      expect(await run(url, rights('parley_app'))).toEqual([
        { ...none, rows: true, reads: true, counts: true },
      ]);
      expect(await run(url, rights('parley_system'))).toEqual([
        { ...none, rows: false, reads: false, counts: false },
      ]);
      expect(
        await run(
          url,
          `SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS powers
             FROM pg_roles WHERE rolname LIKE 'parley\\_%' AND rolname <> 'parley_admin' ORDER BY 1`,
        ),
      ).toEqual([
        { rolname: 'parley_app', rolcanlogin: true, powers: false },
        { rolname: 'parley_owner', rolcanlogin: false, powers: false },
        { rolname: 'parley_system', rolcanlogin: true, powers: false },
      ]);
    });

    it('lets a process run as the two roles and as no more powerful one', async () => {
      await setupDatabase(options(adminUrl(), database));
      await expect(check(asRole('parley_app', database))).resolves.toBeUndefined();
      await expect(check(asRole('parley_system', database))).resolves.toBeUndefined();
      await expect(check(withDatabase(server.adminUrl, database))).rejects.toThrow('it is a superuser');
      await run(
        withDatabase(server.adminUrl, database),
        `DROP ROLE IF EXISTS bypasser; CREATE ROLE bypasser LOGIN BYPASSRLS PASSWORD 'first';
        GRANT CONNECT ON DATABASE ${database} TO bypasser`,
      );
      await expect(check(asRole('bypasser', database))).rejects.toThrow('it has BYPASSRLS');
      await run(
        withDatabase(server.adminUrl, database),
        `REVOKE CONNECT ON DATABASE ${database} FROM bypasser`,
      );
    });
  });

  it('refuses a role that could become the owner of a table', async () => {
    await expect(check(asRole('provisioner', 'by_provisioner'))).rejects.toThrow(
      'it owns the table public.t_by_provisioner',
    );
  });

  it('takes the powers away that a role got meanwhile', async () => {
    await run(server.adminUrl, 'ALTER ROLE parley_app BYPASSRLS CREATEDB');
    await setupDatabase(options(server.adminUrl, 'by_superuser'));
    await expect(check(asRole('parley_app', 'by_superuser'))).resolves.toBeUndefined();
  });

  it('says in one sentence what is wrong with the URLs', async () => {
    const good = options(server.adminUrl, 'by_superuser');
    await expect(setupDatabase({ ...good, appUrl: asRole('somebody', 'by_superuser') })).rejects.toThrow(
      'must log in as parley_app',
    );
    await expect(setupDatabase({ ...good, appUrl: asRole('parley_app', 'another') })).rejects.toThrow(
      'must name one database',
    );
    await expect(setupDatabase(options(asRole('provisioner', 'x', 'wrong'), 'x'))).rejects.toThrow(
      'refuses the login',
    );
    await run(server.adminUrl, `DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN PASSWORD 'first'`);
    await expect(setupDatabase(options(asRole('weak', 'x'), 'x'))).rejects.toThrow(
      'must be a superuser, or have CREATEROLE and CREATEDB',
    );
  });
});
