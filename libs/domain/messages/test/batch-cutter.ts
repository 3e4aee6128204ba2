import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Where a batch of sends is cut off. `before`: none of it reaches PostgreSQL. `unfinished`: all but the Sync that ends its
 * transaction. `during`: all of it, and the connection breaks while PostgreSQL works. `answer`: PostgreSQL has committed,
 * and its answer is lost.
 */
export const cutPlaces = ['before', 'unfinished', 'during', 'answer'] as const;
export type CutPlace = (typeof cutPlaces)[number];

const sendStatement = 'timeline_send_';
const syncBytes = 5;
/** ReadyForQuery outside of a transaction: what came before it is committed. */
const committed = Buffer.from('Z\0\0\0\x05I', 'latin1');

/** A way to PostgreSQL that breaks at batches of sends, when it is told to: one after the other at every place. */
export class BatchCutter {
  readonly cuts: Record<CutPlace, number> = { before: 0, unfinished: 0, during: 0, answer: 0 };
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private armed = false;
  private turn = 0;

  private constructor(private readonly upstream: URL) {
    this.server = createServer((client) => this.accept(client));
  }

  static async listen(databaseUrl: string): Promise<BatchCutter> {
    const cutter = new BatchCutter(new URL(databaseUrl));
    cutter.server.listen(0, '127.0.0.1');
    await once(cutter.server, 'listening');
    return cutter;
  }

  /** The URL of the database by this way. */
  get url(): string {
    const url = new URL(this.upstream);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.toString();
  }

  get total(): number {
    return Object.values(this.cuts).reduce((sum, count) => sum + count, 0);
  }

  /** The next batch is cut off. */
  arm(): void {
    this.armed = true;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private accept(client: Socket): void {
    const server = connect(Number(this.upstream.port), this.upstream.hostname);
    let answerIsLost = false;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        // What was written to the other side still gets there.
        other.destroySoon();
      });
    }
    client.on('data', (bytes) => {
      if (!this.armed || !bytes.includes(sendStatement)) return void server.write(bytes);
      this.armed = false;
      const place = cutPlaces[(this.turn += 1) % cutPlaces.length] ?? 'during';
      if (place === 'answer') answerIsLost = true;
      else this.cuts[place] += 1;
      this.cutAt(place, bytes, client, server);
    });
    server.on('data', (bytes) => {
      if (!answerIsLost) return void client.write(bytes);
      if (!bytes.subarray(-committed.length).equals(committed)) return;
      this.cuts.answer += 1;
      client.resetAndDestroy();
    });
  }

  private cutAt(place: CutPlace, bytes: Buffer, client: Socket, server: Socket): void {
    switch (place) {
      case 'before':
        client.resetAndDestroy();
        return;
      case 'unfinished':
        server.end(bytes.subarray(0, -syncBytes));
        client.resetAndDestroy();
        return;
      case 'during':
        server.end(bytes);
        client.resetAndDestroy();
        return;
      case 'answer':
        server.write(bytes);
    }
  }
}
