import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Bus } from '@parley/platform/realtime';
import { OwnPostgres, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

/** The way of one gateway to PostgreSQL. */
class Way {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Way> {
    const server = createServer((client) => way.pipe(client, port));
    const way = new Way(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private pipe(client: Socket, port: number): void {
    if (this.isCut) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
      socket.pipe(other);
    }
  }
}

describe('a gateway that alone loses PostgreSQL (F40)', () => {
  let postgres: OwnPostgres;
  let way: Way;
  let gateways: RunningGateways;
  let tails: NodeJS.Timeout;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    way = await Way.to(Number(new URL(postgres.appUrl).port));
    const through = (url: string): string => Object.assign(new URL(url), { port: String(way.port) }).href;
    const urls = { DATABASE_URL: postgres.appUrl, DATABASE_SYSTEM_URL: postgres.systemUrl };
    gateways = await RunningGateways.start(1, { ...urls, DRAIN_MS: '500' });
    await gateways.add({
      DATABASE_URL: through(urls.DATABASE_URL),
      DATABASE_SYSTEM_URL: through(urls.DATABASE_SYSTEM_URL),
    });
    const bus = gateways.service(Bus);
    // What a worker says once a second: it has PostgreSQL.
    tails = setInterval(() => {
      const to = Date.now();
      bus.publishTail({ from: to - 15_000, to, entries: [], revocations: [] });
    }, 500);
  }, 60_000);
  afterAll(async () => {
    clearInterval(tails);
    await gateways.stop();
    way.close();
    await postgres.remove();
  });

  async function isLetIn(gateway: number): Promise<boolean> {
    const socket = gateways.open({ token: await gateways.token('new') }, gateway);
    let refused = false;
    socket.socket.on('connect_error', () => (refused = true));
    await waitFor(() => socket.named('ready').length > 0 || refused);
    const letIn = socket.named('ready').length > 0;
    socket.close();
    return letIn;
  }

  it('sends its clients to the others, lets nobody in meanwhile, and goes on when it is back', async () => {
    const ann = await gateways.connect('ann', 1);
    const bob = await gateways.connect('bob', 0);
    way.cut();
    await waitFor(() => ann.closeCode !== undefined, { timeoutMs: 20_000 });
    expect(ann.named('drain')).toEqual([{ afterMs: expect.any(Number) as number }]);
    expect([ann.closeCode, bob.closeCode]).toEqual([4000, undefined]);
    expect([await isLetIn(1), await isLetIn(0)]).toEqual([false, true]);
    way.mend();
    await waitFor(() => isLetIn(1), { timeoutMs: 20_000 });
    expect(gateways.lines.join().match(/gateway\.isolated/g)).toHaveLength(1);
  }, 60_000);
});
