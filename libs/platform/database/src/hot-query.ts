import {
  Query,
  type Client,
  type Connection,
  type FieldDef,
  type QueryResult,
  type QueryResultRow,
} from 'pg';

type Columns = FieldDef[];

/** What `pg` does with a query beyond its types. */
interface PreparedQuery {
  prepare(connection: Connection): void;
  hasBeenParsed(connection: Connection): boolean;
  handleRowDescription(message: { fields: Columns }): void;
}

const QueryBase = Query as unknown as new (
  config: { name: string; text: string; values: unknown[] },
  callback: (error: Error | undefined, result: QueryResult) => void,
) => Query & PreparedQuery;

/**
 * Calls a function by its named statement. With its columns, as an earlier call of this connection gave them, PostgreSQL is
 * not asked to describe them again: a twentieth of what a send costs a gateway.
 */
export function callNamed<R extends QueryResultRow>(
  client: Client,
  config: { name: string; text: string; values: unknown[] },
  columns: Columns | undefined,
): Promise<QueryResult<R>> {
  return new Promise((resolve, reject) => {
    const query = new DescribedQuery(config, columns, (error, result) => {
      if (error) reject(error);
      else resolve(result as QueryResult<R>);
    });
    client.query(query);
  });
}

class DescribedQuery extends QueryBase {
  constructor(
    config: { name: string; text: string; values: unknown[] },
    private readonly columns: Columns | undefined,
    callback: (error: Error | undefined, result: QueryResult) => void,
  ) {
    super(config, callback);
  }

  override prepare(connection: Connection): void {
    if (this.columns === undefined || !this.hasBeenParsed(connection)) {
      super.prepare(connection);
      return;
    }
    this.handleRowDescription({ fields: this.columns });
    super.prepare(undescribing(connection));
  }
}

const views = new WeakMap<Connection, Connection>();

/** The same connection, for a query that has its description. */
function undescribing(connection: Connection): Connection {
  let view = views.get(connection);
  if (view === undefined) {
    view = Object.create(connection, { describe: { value: () => undefined } }) as Connection;
    views.set(connection, view);
  }
  return view;
}
