import { Client, type ClientConfig, type QueryResultRow } from 'pg';

/**
 * One pipelined connection that is opened again when it breaks. Queries that were in flight when it broke fail: whether
 * they were carried out is not known.
 */
export class HotConnection {
  private client: Client | undefined;
  private opening: Promise<Client> | undefined;
  private closed = false;
  /** Queries sent and not answered. */
  inFlight = 0;

  constructor(private readonly options: ClientConfig) {}

  get connected(): boolean {
    return this.client !== undefined;
  }

  async query<R extends QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R[]> {
    this.inFlight += 1;
    try {
      const client = this.client ?? (await this.open());
      const result = await client.query<R>({ name, text, values });
      return result.rows;
    } finally {
      this.inFlight -= 1;
    }
  }

  async open(): Promise<Client> {
    // All that wait for the connection share one attempt, and its failure.
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private async connect(): Promise<Client> {
    if (this.closed) throw new Error('Client was closed');
    const client = new Client({ ...this.options, pipeline: true });
    const drop = (): void => {
      if (this.client === client) this.client = undefined;
    };
    // Without a listener a broken connection would end the process.
    client.on('error', drop);
    client.on('end', drop);
    await client.connect();
    this.client = client;
    return client;
  }
}
