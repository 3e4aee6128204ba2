import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { DatabaseError, Pool, type QueryArrayResult } from 'pg';
import { ownerRole, withDatabase } from '../setup';

/** Type ids of catalogue columns that the adapter does not know. The engine wants the first as a character, the others as text. */
const charType = 18;
const catalogueTypes = new Set([charType, 24, 28, 2205, 2206]);
const textType = 25;

/** Which columns of a result were of that first type, by its rows: the only thing that the adapter passes on untouched. */
const charColumns = new WeakMap<object, number[]>();

/**
 * The `pg` driver as the schema engine needs it. Everything runs as the owner, so that it owns what a migration makes; only making and
 * dropping the shadow database is the administrator's.
 */
export class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  private readonly open = new Set<SqlDriverAdapter>();

  constructor(private readonly adminUrl: string) {}

  connect(): Promise<SqlDriverAdapter> {
    return this.connectAsOwner(this.adminUrl);
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `parley_shadow_${randomUUID().replaceAll('-', '')}`;
    await asAdmin(this.adminUrl, `CREATE DATABASE ${name} OWNER ${ownerRole}`);
    return this.connectAsOwner(withDatabase(this.adminUrl, name), () =>
      asAdmin(this.adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
    );
  }

  /** The engine leaves its connections open, and with them the lock that makes others wait. */
  async close(): Promise<void> {
    await Promise.all([...this.open].map((adapter) => adapter.dispose()));
  }

  private async connectAsOwner(url: string, afterDispose?: () => Promise<void>): Promise<SqlDriverAdapter> {
    const pool = openPool(url, ownerRole);
    const adapter = await new PrismaPg(pool).connect();
    const bound: SqlDriverAdapter = {
      provider: adapter.provider,
      adapterName: adapter.adapterName,
      queryRaw: async (query) => {
        const result = await adapter.queryRaw(query);
        for (const index of charColumns.get(result.rows) ?? [])
          result.columnTypes[index] = ColumnTypeEnum.Character;
        return result;
      },
      executeRaw: (query) => adapter.executeRaw(query),
      startTransaction: (level) => adapter.startTransaction(level),
      getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
      // One simple query: the adapter's own way cuts the script at every semicolon, also inside function bodies.
      executeScript: async (script) => {
        await pool.query(script).catch((error: unknown) => rethrow(error));
      },
      dispose: async () => {
        if (!this.open.delete(bound)) return;
        await adapter.dispose();
        await pool.end();
        await afterDispose?.();
      },
    };
    this.open.add(bound);
    return bound;
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const pool = openPool(url);
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}

function openPool(url: string, role?: string): Pool {
  const pool = new Pool({
    connectionString: url,
    // The engine's session state (its lock, its search path) must not wander between connections.
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'parley db:migrate',
    ...(role ? { options: `-c role=${role}` } : {}),
  });
  pool.on('error', () => undefined);
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryArrayResult>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    const fields = result.fields ?? [];
    charColumns.set(
      result.rows ?? [],
      fields.flatMap(({ dataTypeID }, index) => (dataTypeID === charType ? [index] : [])),
    );
    for (const field of fields) if (catalogueTypes.has(field.dataTypeID)) field.dataTypeID = textType;
    return result;
  }) as typeof pool.query;
  return pool;
}

function rethrow(error: unknown): never {
  if (!(error instanceof DatabaseError)) throw error;
  throw new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'N/A',
    severity: error.severity ?? 'N/A',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
    originalCode: error.code,
    originalMessage: error.message,
  });
}
