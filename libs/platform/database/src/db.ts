import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool, type PoolConfig } from 'pg';
import { AppError } from '@parley/contracts/wire';
import { connectionOptions, timeouts } from './connection-options';
import { databaseError, readFailure } from './database.errors';
import { PrismaClient } from './generated/client';
import type { Prisma } from './generated/client';
import { Hot } from './hot';
import { SessionLock } from './session-lock';
import { assertProcessRole } from './setup';

/** What a transaction hands to the code in it: both speak on the one connection that has set the tenant. */
export interface Tx {
  readonly tenantId: string;
  readonly prisma: Prisma.TransactionClient;
  /** A tagged template: values are parameters, never text. */
  sql<R>(strings: TemplateStringsArray, ...values: unknown[]): Promise<R[]>;
}

export interface DbOptions {
  url: string;
  systemUrl: string;
  poolMax: number;
  hotConnections: number;
  sendLanes: number;
  /** Seen in pg_stat_activity. */
  applicationName: string;
}

const conflictTries = 4;

/**
 * The only two ways to PostgreSQL: `tx` for every transaction of the application, `hot` for SQL functions on the hot
 * path. `system` calls the system role's functions, which alone look across tenants.
 */
export class Db {
  readonly hot: Hot;
  readonly system: Hot;
  private readonly pool: Pool;
  private readonly prisma: PrismaClient;

  constructor(private readonly options: DbOptions) {
    this.pool = new Pool({
      ...(connectionOptions(options.url, options.applicationName) as PoolConfig),
      max: options.poolMax,
      connectionTimeoutMillis: timeouts.connectMs,
    });
    // An idle connection that breaks must not end the process; the next query opens another.
    this.pool.on('error', () => undefined);
    this.prisma = new PrismaClient({
      adapter: new PrismaPg(this.pool),
      transactionOptions: { maxWait: timeouts.acquireMs, timeout: timeouts.statementMs },
    });
    this.hot = new Hot(options.url, options.applicationName, {
      connections: options.hotConnections,
      lanes: options.sendLanes,
    });
    this.system = new Hot(options.systemUrl, options.applicationName, {
      // A long reading of the tail must not keep a token's key waiting.
      connections: 2,
      lanes: 0,
    });
  }

  /**
   * Runs `fn` in one transaction of one tenant. It is repeated, up to four times, when it met a deadlock or a lock that
   * did not come free: `fn` has no effect outside the transaction.
   * @throws AppError `conversation.busy`, `service.unavailable`; `outcome.unknown` when a server that fell silent may or
   * may not have carried it out; whatever `fn` throws, after the rollback.
   */
  async tx<T>(tenantId: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new AppError('outcome.unknown', { retryAfterMs: 1_000 })),
        timeouts.transactionMs,
      );
    });
    const running = this.repeat(tenantId, fn);
    // After the answer nobody hears its failure any more.
    running.catch(() => undefined);
    try {
      return await Promise.race([running, overdue]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async repeat<T>(tenantId: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.prisma.$transaction(async (prisma) => {
          await prisma.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
          return fn({ tenantId, prisma, sql: (strings, ...values) => prisma.$queryRaw(strings, ...values) });
        });
      } catch (error) {
        if (!readFailure(error).conflict || attempt === conflictTries) throw databaseError(error);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
  }

  /** Refuses a role that could look past row-level security; called by every process before it serves. */
  async assertRoles(): Promise<void> {
    for (const url of [this.options.url, this.options.systemUrl]) {
      const client = new Client(connectionOptions(url, this.options.applicationName));
      await client.connect();
      try {
        await assertProcessRole(client);
      } finally {
        await client.end();
      }
    }
  }

  /** A lock of the installation by its name, on a connection of its own as the system role. Release it. */
  sessionLock(name: string): SessionLock {
    return new SessionLock(
      {
        ...connectionOptions(this.options.systemUrl, this.options.applicationName),
        query_timeout: timeouts.statementMs,
      },
      name,
    );
  }

  /** Answers when PostgreSQL does. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    await Promise.all([this.hot.close(), this.system.close(), this.pool.end()]);
  }
}
