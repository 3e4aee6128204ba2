import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { operatorScopes, type CreatedTenantView } from '@parley/contracts/wire';
import { apiKeyHash, newOperatorKey } from '@parley/platform/auth';
import { migrateDeploy, setupDatabase, withDatabase } from '@parley/platform/database';
import { EmbeddedPostgres, EmbeddedRedis } from '@parley/platform/embedded';
import { Backend } from './backend';
import { fixedPort } from './fixed-port';
import { ProductProcess } from './product-process';

/** How the product is built and set up: a mutant has its own folder and changes the database. */
export interface Product {
  /** Holds `dist` and `prisma`. */
  folder: string;
  /** SQL for the superuser, after the migrations. */
  sql: readonly string[];
}

const database = 'parley';
const endings = ['SIGINT', 'SIGTERM'] as const;
const tenantId = '01890000-0000-7000-8000-00000000c405';

/** PostgreSQL that really writes to the disk, Redis, api, two gateways and worker: all its own, all on loopback. */
export class Installation {
  readonly gateways: ProductProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-chaos-'));
  private readonly adminPassword = randomBytes(12).toString('hex');
  private postgres: EmbeddedPostgres | undefined;
  private redis: EmbeddedRedis | undefined;
  private apiProcess: ProductProcess | undefined;
  private workerProcess: ProductProcess | undefined;
  private postgresPort = 0;
  private redisPort = 0;

  private constructor(private readonly product: Product) {
    // PostgreSQL of a run as root belongs to another user, who must get in.
    chmodSync(this.folder, 0o755);
    for (const signal of endings) process.once(signal, this.end);
  }

  static async start(product: Product): Promise<Installation> {
    const installation = new Installation(product);
    try {
      await installation.startAll();
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  get api(): ProductProcess {
    return present(this.apiProcess);
  }

  private get apiUrl(): string {
    return `http://127.0.0.1:${this.api.port}`;
  }

  get worker(): ProductProcess {
    return present(this.workerProcess);
  }

  get processes(): ProductProcess[] {
    return [this.apiProcess, ...this.gateways, this.workerProcess].filter((each) => each !== undefined);
  }

  get postgresPid(): number {
    return present(this.postgres).pid;
  }

  get redisPid(): number {
    return present(this.redis).pid;
  }

  /** The key of the first tenant. */
  private readonly serverKey = `psk_${randomBytes(32).toString('base64url')}`;

  /** The back end of the first tenant. */
  backend(listener?: (text: string) => void): Backend {
    return new Backend(this.apiUrl, this.serverKey, listener);
  }

  /** The back end of one more tenant, which it makes. */
  async newTenant(name: string, listener?: (text: string) => void): Promise<Backend> {
    const secret = newOperatorKey();
    await this.asAdmin((client) =>
      client.query('SELECT system_operator_key_create_v1($1, $2, $3, $4)', [
        randomUUID(),
        'chaos',
        apiKeyHash(secret),
        operatorScopes,
      ]),
    );
    const operator = new Backend(this.apiUrl, secret);
    const { serverKey } = await operator.call<CreatedTenantView>('POST', '/v1/operator/tenants', { name });
    return new Backend(this.apiUrl, serverKey.secret, listener);
  }

  async startPostgres(): Promise<void> {
    this.postgres = await EmbeddedPostgres.start({
      dataDir: join(this.folder, 'postgres'),
      adminPassword: this.adminPassword,
      settings: { max_connections: '200' },
      port: this.postgresPort,
    });
  }

  async stopPostgres(): Promise<void> {
    await this.postgres?.stop();
  }

  async startRedis(): Promise<void> {
    this.redis = await EmbeddedRedis.start({
      dataDir: join(this.folder, 'redis'),
      persist: false,
      port: this.redisPort,
    });
  }

  async stopRedis(): Promise<void> {
    await this.redis?.stop();
  }

  async flushRedis(): Promise<void> {
    const redis = new Redis(this.redisPort, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 0 });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  }

  /** Runs with a superuser's connection to the product's database. */
  async asAdmin<T>(run: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: withDatabase(present(this.postgres).adminUrl, database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await run(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    for (const signal of endings) process.off(signal, this.end);
    await Promise.all(this.processes.map((each) => each.retire()));
    await this.redis?.stop();
    await this.postgres?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An interrupted run leaves no process behind. */
  private readonly end = (): void => {
    void this.stop().finally(() => process.exit(130));
  };

  private async startAll(): Promise<void> {
    this.postgresPort = await fixedPort();
    this.redisPort = await fixedPort();
    await Promise.all([this.startPostgres(), this.startRedis()]);
    const password = randomBytes(12).toString('hex');
    const url = (role: string): string =>
      `postgresql://${role}:${password}@127.0.0.1:${this.postgresPort}/${database}`;
    const adminUrl = withDatabase(present(this.postgres).adminUrl, database);
    await setupDatabase({ adminUrl, appUrl: url('parley_app'), systemUrl: url('parley_system') });
    const prisma = join(this.product.folder, 'prisma');
    await migrateDeploy({
      adminUrl,
      migrationsDir: join(prisma, 'migrations'),
      schemaDir: join(prisma, 'schema'),
    });
    await this.asAdmin(async (client) => {
      for (const statement of this.product.sql) await client.query(statement);
    });
    const environment = this.environment(url('parley_app'), url('parley_system'));
    this.apiProcess = await this.launch('api', environment, 'API_PORT');
    const gateway = async (): Promise<void> => {
      this.gateways.push(await this.launch('gateway', environment, 'GATEWAY_PORT'));
    };
    const worker = async (): Promise<void> => {
      this.workerProcess = await this.launch('worker', environment);
    };
    // All of them end before anything else happens: what has started is known, and stopped.
    const started = await Promise.allSettled([gateway(), gateway(), worker()]);
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  private environment(appUrl: string, systemUrl: string): Record<string, string> {
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATABASE_URL: appUrl,
      DATABASE_SYSTEM_URL: systemUrl,
      REDIS_URL: `redis://127.0.0.1:${this.redisPort}`,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      DRAIN_MS: '1000',
      BOOTSTRAP_TENANT_ID: tenantId,
      BOOTSTRAP_TENANT_NAME: 'chaos',
      BOOTSTRAP_SERVER_KEY: this.serverKey,
      BOOTSTRAP_SIGNING_KID: 'pk_chaos000000000000000aa',
      JWT_SECRET: randomBytes(32).toString('base64url'),
    };
  }

  private async launch(
    app: string,
    common: Record<string, string>,
    portName?: string,
  ): Promise<ProductProcess> {
    const port = await fixedPort();
    const internalPort = await fixedPort();
    const environment = {
      ...common,
      INTERNAL_PORT: String(internalPort),
      ...(portName === undefined ? {} : { [portName]: String(port) }),
    };
    return ProductProcess.start({ app, port, internalPort, environment, folder: this.product.folder });
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('the installation is not running');
  return value;
}
