import { Client, type ClientConfig, type FieldDef, type QueryResultRow } from 'pg';
import { timeouts } from './connection-options';
import { callNamed } from './hot-query';

/** How often a connection with queries under way is looked at, in milliseconds. */
const lookEveryMs = 250;

/**
 * One pipelined connection that is opened again when it breaks. Queries that were in flight when it broke fail: whether
 * they were carried out is not known. A server that says nothing at all for `timeouts.silentMs` (frozen, or behind a cut
 * that nobody announces) counts as broken (F8): answers come in order, so all that wait would wait for the first.
 */
export class HotConnection {
  private client: Client | undefined;
  private opening: Promise<Client> | undefined;
  private closed = false;
  private lastHeardAt = 0;
  /** By the name of the function, which never returns others: a change of it has another name. */
  private readonly columns = new Map<string, FieldDef[]>();
  /** Queries sent and not answered. */
  inFlight = 0;

  constructor(private readonly options: ClientConfig) {}

  get connected(): boolean {
    return this.client !== undefined;
  }

  async query<R extends QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R[]> {
    if (this.inFlight === 0) this.lastHeardAt = performance.now();
    this.inFlight += 1;
    try {
      const client = this.client ?? (await this.waitForOpen());
      const { rows, fields } = await callNamed<R>(client, { name, text, values }, this.columns.get(name));
      this.columns.set(name, fields);
      this.lastHeardAt = performance.now();
      return rows;
    } finally {
      this.inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  /** A request waits for a moment only; the attempt goes on for those that come after it. */
  private async waitForOpen(): Promise<Client> {
    const opening = this.open();
    opening.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error('Connection terminated: connection timeout')),
        timeouts.openMs,
      );
    });
    try {
      return await Promise.race([opening, givenUp]);
    } finally {
      clearTimeout(timer);
      this.lastHeardAt = performance.now();
    }
  }

  private open(): Promise<Client> {
    // All that wait for the connection share one attempt, and its failure.
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private async connect(): Promise<Client> {
    if (this.closed) throw new Error('Client was closed');
    const client = new Client({ ...this.options, pipeline: true });
    const watch = setInterval(() => {
      if (this.client === client && this.isSilent()) this.giveUp(client);
    }, lookEveryMs).unref();
    const drop = (): void => {
      clearInterval(watch);
      if (this.client === client) this.client = undefined;
    };
    // Without a listener a broken connection would end the process.
    client.on('error', drop);
    client.on('end', drop);
    try {
      await client.connect();
    } catch (error) {
      clearInterval(watch);
      throw error;
    }
    this.client = client;
    return client;
  }

  private isSilent(): boolean {
    return this.inFlight > 0 && performance.now() - this.lastHeardAt > timeouts.silentMs;
  }

  /** Fails everything under way. A polite end would wait for the server that does not answer. */
  private giveUp(client: Client): void {
    this.client = undefined;
    (client as Client & { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
