import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '@parley/platform/embedded';
import { setupDatabase, withDatabase } from '../setup';
import {
  migrateCreate,
  migrateDeploy,
  migrateDiff,
  migrateResolve,
  migrateStatus,
  type MigrateOptions,
} from './migrate';

const schema = `
datasource db {
  provider = "postgresql"
}

model Note {
  tenantId String                   @map("tenant_id") @db.Uuid
  id       String                   @db.Uuid
  text     String?
  search   Unsupported("tsvector")? @default(dbgenerated())

  @@id([tenantId, id])
  @@index([search], type: Gin)
  @@map("note")
}
`;
const firstMigration = `
CREATE TABLE note (
  tenant_id uuid NOT NULL, id uuid NOT NULL, text text,
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(text, ''))) STORED,
  CONSTRAINT note_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX note_search_idx ON note USING gin (search);
CREATE INDEX note_open_idx ON note (tenant_id) WHERE text IS NOT NULL;
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON note USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;
GRANT EXECUTE ON FUNCTION two() TO parley_app;
`;

describe('migrations', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let options: MigrateOptions;
  let count = 0;

  function writeScript(name: string, sql: string): void {
    mkdirSync(join(options.migrationsDir, name), { recursive: true });
    writeFileSync(join(options.migrationsDir, name, 'migration.sql'), sql);
  }

  async function run(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: options.adminUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-migrate-'));
    chmodSync(folder, 0o755);
    server = await EmbeddedPostgres.start({
      dataDir: join(folder, 'pg'),
      adminPassword: 'admin',
      fsync: false,
    });
  }, 60_000);

  beforeEach(async () => {
    count += 1;
    const place = join(folder, String(count));
    options = {
      adminUrl: withDatabase(server.adminUrl, `migrate_${count}`),
      migrationsDir: join(place, 'migrations'),
      schemaDir: join(place, 'schema'),
    };
    mkdirSync(options.schemaDir, { recursive: true });
    writeFileSync(join(options.schemaDir, 'note.prisma'), schema);
    writeScript('20250101000000_first', firstMigration);
    const url = (role: string) => `postgresql://${role}:secret@127.0.0.1:${server.port}/migrate_${count}`;
    await setupDatabase({
      adminUrl: options.adminUrl,
      appUrl: url('parley_app'),
      systemUrl: url('parley_system'),
    });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are applied as the owner, function bodies whole, and say where they stand', async () => {
    expect((await migrateStatus(options)).pending).toEqual(['20250101000000_first']);
    expect(await migrateDeploy(options)).toEqual(['20250101000000_first']);
    expect(await migrateStatus(options)).toEqual({ pending: [], failed: [], edited: [], unknown: [] });
    const owners = await run(
      `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
    );
    expect(owners).toEqual([{ owner: 'parley_owner' }]);
    expect(await run('SELECT two()')).toEqual([{ two: 2 }]);
    expect(
      await run(`SELECT has_table_privilege('parley_app', '_prisma_migrations', 'SELECT') AS reads`),
    ).toEqual([{ reads: false }]);
  });

  it('are applied once when three deploys run at the same time', async () => {
    const applied = await Promise.all([
      migrateDeploy(options),
      migrateDeploy(options),
      migrateDeploy(options),
    ]);
    expect(applied.flat()).toEqual(['20250101000000_first']);
    expect(await run('SELECT count(*)::int AS rows FROM _prisma_migrations')).toEqual([{ rows: 1 }]);
  });

  it('agree with the schema files, or the difference is shown, and leave no shadow database', async () => {
    expect(await migrateDiff(options)).toBe('');
    writeFileSync(
      join(options.schemaDir, 'note.prisma'),
      schema.replace('text     String?', 'text     String?\n  title    String?'),
    );
    expect(await migrateDiff(options)).toContain('ALTER TABLE "note" ADD COLUMN     "title" TEXT');
    expect(await run(`SELECT datname FROM pg_database WHERE datname LIKE 'parley\\_shadow%'`)).toEqual([]);
  });

  it('are created from what changed, and then agree', async () => {
    writeFileSync(
      join(options.schemaDir, 'note.prisma'),
      schema.replace('text     String?', 'text     String?\n  title    String?'),
    );
    expect(await migrateCreate({ ...options, name: 'Add a title' })).toMatch(
      /\/\d{14}_add_a_title\/migration\.sql$/,
    );
    expect(await migrateDiff(options)).toBe('');
    expect(await migrateDeploy(options)).toHaveLength(2);
  });

  it('that fail are rolled back whole, recorded, block, and can be tried again once resolved', async () => {
    await migrateDeploy(options);
    writeScript('20250102000000_second', 'CREATE TABLE half (); SELECT 1 / 0;');
    await expect(migrateDeploy(options)).rejects.toThrow(
      'The migration 20250102000000_second failed and blocks every further one: division by zero;',
    );
    expect(await run(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
    expect((await migrateStatus(options)).failed).toEqual(['20250102000000_second']);
    await expect(migrateDeploy(options)).rejects.toThrow(
      'The migration 20250102000000_second failed earlier and blocks every further one',
    );
    writeScript('20250102000000_second', 'CREATE TABLE half ();');
    await migrateResolve({ ...options, name: '20250102000000_second' });
    expect(await migrateDeploy(options)).toEqual(['20250102000000_second']);
  });

  it('that were edited afterwards are named', async () => {
    await migrateDeploy(options);
    writeScript('20250101000000_first', `${firstMigration}-- a later thought`);
    expect((await migrateStatus(options)).edited).toEqual(['20250101000000_first']);
  });

  it('ask for db:setup first where there is no database', async () => {
    const adminUrl = withDatabase(server.adminUrl, 'nowhere');
    await expect(migrateDeploy({ ...options, adminUrl })).rejects.toThrow('run db:setup first');
  });
});
