import { Client, type ClientConfig } from 'pg';

/**
 * A lock that one process of the installation holds for as long as its connection lives: an advisory lock on a connection
 * of its own. It is PostgreSQL that ends it when the process dies. It chooses who works; it does not make work exclusive:
 * a holder that was cut off learns of it late.
 */
export class SessionLock {
  private client: Client | undefined;
  private isHeld = false;

  /** `options` must lead to PostgreSQL itself: a pooler that shares connections would share the lock. */
  constructor(
    private readonly options: ClientConfig,
    private readonly name: string,
  ) {}

  get held(): boolean {
    return this.isHeld;
  }

  /** Takes the lock if nobody has it. @throws what `pg` throws while PostgreSQL is away */
  async tryAcquire(): Promise<boolean> {
    if (this.isHeld) return true;
    const client = this.client ?? (await this.connect());
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('parley'), hashtext($1)) AS locked`,
      [this.name],
    );
    this.isHeld = this.client === client && rows[0]?.locked === true;
    return this.isHeld;
  }

  async release(): Promise<void> {
    const client = this.client;
    this.forget();
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client(this.options);
    const lost = (): void => {
      if (this.client === client) this.forget();
    };
    // Without a listener a broken connection would end the process.
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    this.client = client;
    return client;
  }

  private forget(): void {
    this.client = undefined;
    this.isHeld = false;
  }
}
