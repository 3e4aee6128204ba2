import type { QueryResultRow } from 'pg';
import { connectionOptions } from './connection-options';
import { databaseError } from './database.errors';
import { HotConnection } from './hot-connection';

/** A SQL function by its name and the types of its parameters: `timeline_send_v1(uuid, json)`. */
export interface HotFunction<R extends QueryResultRow> {
  readonly name: string;
  readonly text: string;
  /** Never set: carries the row type. */
  readonly row?: R;
}

/** Declares a SQL function that may be called on the hot path; parameter types are PostgreSQL's. */
export function hotFunction<R extends QueryResultRow>(
  name: string,
  parameterTypes: string[],
): HotFunction<R> {
  const parameters = parameterTypes.map((type, index) => `$${index + 1}::${type}`).join(', ');
  return { name, text: `SELECT * FROM ${name}(${parameters})` };
}

/**
 * The hot path: SQL functions only, over a few pipelined connections with named statements. Each function sets the tenant
 * itself; none holds a transaction beyond its own call.
 */
export class Hot {
  private readonly connections: HotConnection[];
  private readonly lanes: HotConnection[];

  /** `lanes` connections are kept apart for calls whose order matters. */
  constructor(url: string, applicationName: string, sizes: { connections: number; lanes: number }) {
    const options = connectionOptions(url, applicationName);
    this.connections = Array.from({ length: sizes.connections }, () => new HotConnection(options));
    this.lanes = Array.from({ length: sizes.lanes }, () => new HotConnection(options));
  }

  get laneCount(): number {
    return this.lanes.length;
  }

  /** @throws AppError `service.unavailable` or `conversation.busy`; whether a write was carried out is then not known. */
  async call<R extends QueryResultRow>(fn: HotFunction<R>, ...parameters: unknown[]): Promise<R[]> {
    try {
      return await this.leastBusy().query<R>(fn.name, fn.text, parameters);
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Calls of one lane are carried out one after the other, in the order in which they were made. @throws what `pg` throws */
  async callInLane<R extends QueryResultRow>(
    lane: number,
    fn: HotFunction<R>,
    ...parameters: unknown[]
  ): Promise<R[]> {
    const connection = this.lanes[lane];
    if (connection === undefined) throw new RangeError(`there is no lane ${lane}`);
    return connection.query<R>(fn.name, fn.text, parameters);
  }

  async close(): Promise<void> {
    await Promise.all([...this.connections, ...this.lanes].map((connection) => connection.close()));
  }

  private leastBusy(): HotConnection {
    let best: HotConnection | undefined;
    for (const connection of this.connections) {
      if (best === undefined || connection.inFlight < best.inFlight) best = connection;
    }
    if (best === undefined) throw new RangeError('the hot path has no connection');
    return best;
  }
}
