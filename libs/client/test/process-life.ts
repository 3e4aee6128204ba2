import type { Connection, OutboxRecord, OutboxStorage, Transport, TransportHandlers } from '../src/index';

/**
 * What one process does to its disk and to the network, each after a while of its own. After `kill` nothing of it happens
 * any more, whatever was on its way.
 */
export class ProcessLife implements Transport, OutboxStorage {
  private alive = true;
  private connection: Connection | undefined;
  private disk = Promise.resolve();

  constructor(
    private readonly server: Transport,
    private readonly storage: OutboxStorage,
    private readonly waitMs: () => number,
  ) {}

  kill(): void {
    this.alive = false;
    this.connection?.close();
  }

  connect(token: string, handlers: TransportHandlers): Connection {
    const guarded: TransportHandlers = {
      opened: () => this.alive && handlers.opened(),
      event: (name, payload) => this.alive && handlers.event(name, payload),
      closed: (closing) => this.alive && handlers.closed(closing),
    };
    // A killed process opens nothing.
    if (!this.alive) return { request: never, close: () => undefined };
    const connection = this.server.connect(token, guarded);
    this.connection = connection;
    return {
      request: async (name, input, timeoutMs) => {
        await this.pass();
        return this.outlive(connection.request(name, input, timeoutMs));
      },
      close: () => connection.close(),
    };
  }

  load(): Promise<OutboxRecord[]> {
    return this.atDisk(() => this.storage.load());
  }

  put(record: OutboxRecord): Promise<void> {
    // As on a real disk, later changes of the object do not count.
    const written = JSON.parse(JSON.stringify(record)) as OutboxRecord;
    return this.atDisk(() => this.storage.put(written));
  }

  remove(id: string): Promise<void> {
    return this.atDisk(() => this.storage.remove(id));
  }

  // It may die before the disk has it, and after that before it knows.
  private atDisk<T>(act: () => Promise<T>): Promise<T> {
    const done = this.disk.then(async () => {
      await this.pass();
      const result = await act();
      await this.pass();
      return result;
    });
    this.disk = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  private async pass(): Promise<void> {
    const ms = this.waitMs();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    if (!this.alive) await never();
  }

  private async outlive<T>(promise: Promise<T>): Promise<T> {
    try {
      const result = await promise;
      return this.alive ? result : await never();
    } catch (error) {
      if (!this.alive) await never();
      throw error;
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
