import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '@parley/testing';
import { migrateDiff } from './migrate';

const prismaFolder = join(__dirname, '../../../../prisma');

describe('the catalogue', () => {
  let database: TestDatabase;
  let admin: Client;

  beforeAll(async () => {
    database = await testDatabase();
    admin = new Client(database.adminUrl);
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  async function column<T>(sql: string): Promise<T[]> {
    const { rows } = await admin.query<{ value: T }>(sql);
    return rows.map(({ value }) => value);
  }

  it('S13: every table has row-level security with a policy for the tenant, but those without a tenant', async () => {
    const open = await column<string>(`
      SELECT c.relname::text AS value FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         AND NOT (c.relrowsecurity AND EXISTS (
               SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid
                  AND pg_get_expr(p.polqual, p.polrelid) LIKE '%app.tenant_id%'))
       ORDER BY 1`);
    expect(open).toEqual(['_prisma_migrations', 'installation', 'operator_key']);
  });

  it('S12: no process has any right on the operators’ keys; functions of the system role alone reach them', async () => {
    const rights = await column<string>(`
      SELECT grantee::text AS value FROM information_schema.role_table_grants
       WHERE table_name = 'operator_key' AND grantee IN ('parley_app', 'parley_system', 'PUBLIC')`);
    expect(rights).toEqual([]);
  });

  it('S13: every table with a tenant_id has it first in its primary or a unique key, and in every foreign key', async () => {
    const bare = await column<string>(`
      SELECT con.conname::text AS value FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
       WHERE con.contype = 'f' AND c.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
                            AND a.attnum = ANY (con.conkey))`);
    expect(bare).toEqual([]);
  });

  it('S13: no process role owns a table, is a superuser or bypasses row-level security', async () => {
    const rows = await column<string>(`
      SELECT r.rolname::text AS value FROM pg_roles r
       WHERE r.rolname IN ('parley_app', 'parley_system')
         AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
              OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid))`);
    expect(rows).toEqual([]);
  });

  it('S13: the system role has no right on any table, every function has exactly its caller, and only system_* and search_* run as the owner', async () => {
    const tables = await column<string>(`
      SELECT c.relname::text AS value FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
         AND has_table_privilege('parley_system', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')`);
    expect(tables).toEqual([]);
    const wrong = await column<string>(`
      SELECT p.proname::text AS value FROM pg_proc p
       WHERE p.pronamespace = 'public'::regnamespace
         AND (has_function_privilege('parley_system', p.oid, 'EXECUTE') <> (p.proname LIKE 'system\\_%')
           OR has_function_privilege('parley_app', p.oid, 'EXECUTE') = (p.proname LIKE 'system\\_%')
           OR p.prosecdef <> (p.proname LIKE ANY ('{system\\\\_%,search\\\\_%}'))
           OR NOT ('search_path=public, pg_temp' = ANY (coalesce(p.proconfig, '{}'))))`);
    expect(wrong).toEqual([]);
  });

  it('S13: the application sees no row and writes none while no tenant is set', async () => {
    const app = new Client(database.appUrl);
    await app.connect();
    try {
      for (const table of [
        'tenant',
        'app_user',
        'conversation',
        'message',
        'tenant_key',
        'idempotency_key',
      ]) {
        await expect(app.query(`SELECT * FROM ${table}`)).resolves.toMatchObject({ rows: [] });
      }
      await expect(
        app.query(`INSERT INTO app_user (tenant_id, id) VALUES (gen_random_uuid(), 'x')`),
      ).rejects.toMatchObject({ code: '42501' });
    } finally {
      await app.end();
    }
  });

  it('has in its migrations exactly what prisma/schema describes', async () => {
    const options = {
      adminUrl: database.adminUrl,
      migrationsDir: join(prismaFolder, 'migrations'),
      schemaDir: join(prismaFolder, 'schema'),
    };
    expect(await migrateDiff(options)).toBe('');
  });

  it('holds every function of prisma/sql in a migration, to the letter', () => {
    const migrations = readdirSync(join(prismaFolder, 'migrations'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => readFileSync(join(prismaFolder, 'migrations', entry.name, 'migration.sql'), 'utf8'))
      .join('\n');
    const missing = readdirSync(join(prismaFolder, 'sql')).filter(
      (file) => !migrations.includes(readFileSync(join(prismaFolder, 'sql', file), 'utf8').trim()),
    );
    expect(missing).toEqual([]);
  });

  it('is what the schema files say', async () => {
    const difference = await migrateDiff({
      adminUrl: database.adminUrl,
      migrationsDir: join(prismaFolder, 'migrations'),
      schemaDir: join(prismaFolder, 'schema'),
    });
    expect(difference).toBe('');
  });
});
