import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrateDeploy, setupDatabase, withDatabase } from '@parley/platform/database';
import { EmbeddedPostgres, EmbeddedRedis } from '@parley/platform/embedded';
import { pin } from '@parley/testing/load';

const prismaDir = join(__dirname, '../../../prisma');
const floorTable = `
  CREATE TABLE message (
    tenant_id uuid NOT NULL, conversation_id uuid NOT NULL, seq bigint NOT NULL, id uuid NOT NULL, sender text NOT NULL,
    client_message_id text NOT NULL, body_hash bytea NOT NULL, ordinal bigint, kind text NOT NULL, text text NOT NULL,
    reply_to bigint, reply_to_id uuid, thread_root bigint, thread_root_id uuid, mentions jsonb NOT NULL DEFAULT '[]',
    metadata jsonb NOT NULL DEFAULT '{}', version int NOT NULL DEFAULT 1, imported boolean NOT NULL DEFAULT false,
    at timestamptz(3) NOT NULL, created_at timestamptz(3) NOT NULL, edited_at timestamptz(3), deleted_at timestamptz(3),
    PRIMARY KEY (tenant_id, conversation_id, seq))`;

/** What a server under this load keeps of its log between two checkpoints, in segments of 16 MiB. */
const walSegments = 64;

interface Started {
  postgres: EmbeddedPostgres;
  redis: EmbeddedRedis;
}

/** PostgreSQL that really writes to the disk, and Redis: one of each for the product and all floors, in databases of their own. */
export class Servers {
  private readonly password = randomBytes(12).toString('hex');
  private started: Started | undefined;

  private constructor(
    private readonly folder: string,
    /** Where everything that is measured runs; undefined: anywhere. */
    readonly serverCore: number | undefined,
  ) {}

  /** `dataDir`: on the disk that is to be measured; the system's temporary folder by default. */
  static async start(serverCore: number | undefined, dataDir = tmpdir()): Promise<Servers> {
    const folder = mkdtempSync(join(dataDir, 'parley-bench-'));
    // PostgreSQL of a run as root belongs to another user, who must get in.
    chmodSync(folder, 0o755);
    const servers = new Servers(folder, serverCore);
    try {
      await servers.startAll();
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  get postgresPid(): number {
    return this.both.postgres.pid;
  }

  get redisPid(): number {
    return this.both.redis.pid;
  }

  get redisUrl(): string {
    return this.both.redis.url;
  }

  get floorDatabaseUrl(): string {
    return withDatabase(this.both.postgres.adminUrl, 'floor');
  }

  /** The product's database as one of its roles; without one as the superuser. */
  productUrl(role?: 'parley_app' | 'parley_system'): string {
    const { adminUrl, host, port } = this.both.postgres;
    if (role === undefined) return withDatabase(adminUrl, 'parley');
    return `postgresql://${role}:${this.password}@${host}:${port}/parley`;
  }

  /** The settings that decide what a commit costs. */
  async settings(): Promise<Record<string, string>> {
    const names = [
      'server_version',
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'shared_buffers',
      'wal_level',
      'min_wal_size',
    ];
    return this.asAdmin(async (client) => {
      const { rows } = await client.query<{ name: string; setting: string; unit: string | null }>(
        'SELECT name, setting, unit FROM pg_settings WHERE name = ANY ($1) ORDER BY name',
        [names],
      );
      return Object.fromEntries(
        rows.map(({ name, setting, unit }) => [name, unit === null ? setting : `${setting} × ${unit}`]),
      );
    });
  }

  /** Runs with a superuser's connection to the product's database. */
  async asAdmin<T>(run: (client: Client) => Promise<T>, url = this.productUrl()): Promise<T> {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await run(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    await this.started?.redis.stop();
    await this.started?.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get both(): Started {
    if (this.started === undefined) throw new TypeError('the servers were not started');
    return this.started;
  }

  private async startAll(): Promise<void> {
    const postgres = await EmbeddedPostgres.start({
      dataDir: join(this.folder, 'postgres'),
      adminPassword: this.password,
      settings: { max_connections: '200', min_wal_size: '1GB', max_wal_size: '1GB' },
    });
    try {
      const redis = await EmbeddedRedis.start({ dataDir: join(this.folder, 'redis'), persist: false });
      this.started = { postgres, redis };
    } catch (error) {
      await postgres.stop();
      throw error;
    }
    if (this.serverCore !== undefined) pin([this.postgresPid, this.redisPid], this.serverCore);
    const adminUrl = this.productUrl();
    await setupDatabase({
      adminUrl,
      appUrl: this.productUrl('parley_app'),
      systemUrl: this.productUrl('parley_system'),
    });
    await migrateDeploy({
      adminUrl,
      migrationsDir: join(prismaDir, 'migrations'),
      schemaDir: join(prismaDir, 'schema'),
    });
    await this.asAdmin((client) => client.query('CREATE DATABASE floor'));
    await this.asAdmin((client) => client.query(floorTable), this.floorDatabaseUrl);
    await this.fillLog();
  }

  /**
   * Cleans up now after what one subject wrote: a minute later PostgreSQL would do so of its own accord, and take the core from
   * the subject that is measured then. No checkpoint: after one, each page's first change goes into the log as a whole.
   */
  async tidyUp(): Promise<void> {
    for (const url of [this.productUrl(), this.floorDatabaseUrl])
      await this.asAdmin((client) => client.query('VACUUM (ANALYZE)'), url);
  }

  /**
   * A server that has run for a while writes into recycled segments of its log. A fresh one fills each new one with zeros
   * first, in the commit that needs it: 100 ms every 16 MiB, which would be measured as the p99 of whoever writes.
   */
  private async fillLog(): Promise<void> {
    await this.asAdmin(async (client) => {
      for (let segment = 0; segment < walSegments; segment += 1) {
        await client.query(`SELECT pg_logical_emit_message(false, 'bench', '')`);
        await client.query('SELECT pg_switch_wal()');
      }
      await client.query('CHECKPOINT');
    });
  }
}
