import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
// Jest loads its global setup without the aliases of moduleNameMapper.
import { migrateDeploy } from '../../platform/database/src/migrate';
import { setupDatabase, withDatabase } from '../../platform/database/src/setup';
import { EmbeddedPostgres, EmbeddedRedis } from '../../platform/embedded/src';

export interface DatabaseUrls {
  appUrl: string;
  systemUrl: string;
  adminUrl: string;
}

export interface RedisAnswer {
  url: string;
  prefix: string;
}

interface PostgresState {
  server: EmbeddedPostgres;
  pool: Pool;
  urls: (database: string) => DatabaseUrls;
}

const template = 'parley_template';
const redisDatabases = 1024;

/**
 * One PostgreSQL and one Redis for a whole run of jest, owned by its main process and started when the first spec asks. The specs, in
 * whatever worker, ask over HTTP; the address is in `PARLEY_TEST_SERVERS`.
 */
export class TestServers {
  private postgres: Promise<PostgresState> | undefined;
  private redis: Promise<EmbeddedRedis> | undefined;
  private count = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-test-'));

  private constructor(
    private readonly rootDir: string,
    private readonly binDir: string | undefined,
    private readonly http: Server,
  ) {
    // PostgreSQL of a run as root belongs to another user, who must get in.
    chmodSync(this.folder, 0o755);
  }

  /** `binDir`: another PostgreSQL than the embedded one. Returns the servers and the address for the specs. */
  static async listen(rootDir: string, binDir?: string): Promise<{ servers: TestServers; address: string }> {
    const http = createServer((request, response) => {
      servers.answer(request).then(
        (body) => response.end(JSON.stringify(body)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    const servers = new TestServers(rootDir, binDir, http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    // A spec that finds its idle connection closed at this very moment would fail.
    http.keepAliveTimeout = 0;
    http.unref();
    const address = http.address();
    if (typeof address !== 'object' || !address) throw new Error('the test servers have no address');
    return { servers, address: `http://127.0.0.1:${address.port}` };
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    const [postgres, redis] = await Promise.allSettled([this.postgres, this.redis]);
    if (postgres.status === 'fulfilled' && postgres.value) {
      await postgres.value.pool.end();
      await postgres.value.server.stop();
    }
    if (redis.status === 'fulfilled') await redis.value?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answer(request: IncomingMessage): Promise<DatabaseUrls | RedisAnswer | null> {
    const [, kind, name] = (request.url ?? '').split('/');
    if (kind === 'redis') return this.shareRedis();
    return request.method === 'DELETE' && name ? this.dropDatabase(name) : this.cloneDatabase();
  }

  private async cloneDatabase(): Promise<DatabaseUrls> {
    const { pool, urls } = await (this.postgres ??= this.startPostgres());
    this.count += 1;
    const name = `spec_${this.count}`;
    await pool.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER parley_owner STRATEGY WAL_LOG`);
    // A clone does not take over the rights on the database itself.
    await pool.query(
      `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO parley_app, parley_system`,
    );
    return urls(name);
  }

  private async dropDatabase(name: string): Promise<null> {
    const postgres = await this.postgres;
    if (!/^spec_\d+$/.test(name)) throw new Error(`${name} is not the database of a spec`);
    await postgres?.pool.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    return null;
  }

  private async shareRedis(): Promise<RedisAnswer> {
    const redis = await (this.redis ??= EmbeddedRedis.start({
      dataDir: join(this.folder, 'redis'),
      persist: false,
      databases: redisDatabases,
    }));
    this.count += 1;
    if (this.count >= redisDatabases)
      throw new Error('this run has used up the logical databases of its Redis');
    return { url: `${redis.url}/${this.count}`, prefix: `spec${this.count}` };
  }

  private async startPostgres(): Promise<PostgresState> {
    const server = await EmbeddedPostgres.start({
      dataDir: join(this.folder, 'postgres'),
      adminPassword: randomBytes(12).toString('hex'),
      fsync: false,
      binDir: this.binDir,
      settings: { max_connections: '300' },
    });
    const password = randomBytes(12).toString('hex');
    const urls = (database: string): DatabaseUrls => ({
      adminUrl: withDatabase(server.adminUrl, database),
      appUrl: `postgresql://parley_app:${password}@${server.host}:${server.port}/${database}`,
      systemUrl: `postgresql://parley_system:${password}@${server.host}:${server.port}/${database}`,
    });
    try {
      await setupDatabase(urls(template));
      await migrateDeploy({
        adminUrl: urls(template).adminUrl,
        migrationsDir: join(this.rootDir, 'prisma', 'migrations'),
        schemaDir: join(this.rootDir, 'prisma', 'schema'),
      });
    } catch (error) {
      await server.stop();
      throw error;
    }
    const pool = new Pool({ connectionString: server.adminUrl, max: 4 });
    pool.on('error', () => undefined);
    return { server, pool, urls };
  }
}
