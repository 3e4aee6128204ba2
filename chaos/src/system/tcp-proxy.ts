import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const connectionsMax = 500;

interface Pipe {
  client: Socket;
  upstream: Socket | undefined;
}

/** One way between a group of clients and the servers behind it, which can be made as bad as a network gets. */
export class TcpProxy {
  private readonly pipes = new Set<Pipe>();
  private readonly server: Server;
  private turn = 0;
  private paused = false;
  private latencyMs = 0;

  private constructor(
    private readonly upstreamPorts: readonly number[],
    private readonly listener: (() => (chunk: Buffer) => void) | undefined,
  ) {
    this.server = createServer((client) => this.accept(client));
    this.server.maxConnections = connectionsMax;
  }

  /**
   * Listens on loopback; each connection goes to the next of these ports that takes it. `listener` makes, for each connection,
   * what hears all that comes from the servers.
   */
  static async listen(
    upstreamPorts: readonly number[],
    listener?: () => (chunk: Buffer) => void,
  ): Promise<TcpProxy> {
    const proxy = new TcpProxy(upstreamPorts, listener);
    await new Promise<void>((resolve, reject) => {
      proxy.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends all connections at once, as a router that was switched off. */
  cut(): void {
    for (const pipe of this.pipes) {
      pipe.client.resetAndDestroy();
      pipe.upstream?.resetAndDestroy();
    }
  }

  /** Nothing goes through any more, and nobody is told. */
  pause(): void {
    this.paused = true;
    for (const { client, upstream } of this.pipes) {
      client.pause();
      upstream?.pause();
    }
  }

  resume(): void {
    this.paused = false;
    for (const { client, upstream } of this.pipes) {
      client.resume();
      upstream?.resume();
    }
  }

  /** Everything takes this much longer, each way. */
  delay(ms: number): void {
    this.latencyMs = ms;
  }

  /** The servers see their connections end, the clients do not; new connections work. Ends with `cut`. */
  halfOpen(): void {
    for (const pipe of this.pipes) {
      const { upstream } = pipe;
      pipe.upstream = undefined;
      upstream?.destroy();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const pipe of this.pipes) {
      pipe.client.destroy();
      pipe.upstream?.destroy();
    }
    await closed;
  }

  private accept(client: Socket): void {
    const pipe: Pipe = { client, upstream: undefined };
    this.pipes.add(pipe);
    client.pause();
    client.on('error', () => undefined);
    client.on('close', () => {
      this.pipes.delete(pipe);
      pipe.upstream?.destroy();
    });
    this.turn += 1;
    this.dial(pipe, this.turn, this.upstreamPorts.length);
  }

  private dial(pipe: Pipe, turn: number, triesLeft: number): void {
    const port = this.upstreamPorts[turn % this.upstreamPorts.length] ?? 0;
    const upstream = connect({ host: '127.0.0.1', port });
    upstream.once('error', () => {
      if (pipe.upstream === upstream) pipe.client.destroy();
      else if (triesLeft > 1 && !pipe.client.destroyed) this.dial(pipe, turn + 1, triesLeft - 1);
      else pipe.client.destroy();
    });
    upstream.once('connect', () => this.join(pipe, upstream));
  }

  private join(pipe: Pipe, upstream: Socket): void {
    const { client } = pipe;
    if (client.destroyed) {
      upstream.destroy();
      return;
    }
    pipe.upstream = upstream;
    upstream.on('close', () => {
      if (pipe.upstream === upstream) client.destroy();
    });
    const hear = this.listener?.();
    if (hear !== undefined) upstream.on('data', hear);
    this.forward(client, () => pipe.upstream);
    this.forward(upstream, () => client);
    if (this.paused) upstream.pause();
    else client.resume();
  }

  private forward(from: Socket, to: () => Socket | undefined): void {
    const late: { due: number; chunk: Buffer }[] = [];
    const flush = (): void => {
      while (late[0] !== undefined && late[0].due <= performance.now()) write(to(), late.shift()?.chunk);
      if (late[0] !== undefined) setTimeout(flush, late[0].due - performance.now());
    };
    from.on('data', (chunk) => {
      const due = performance.now() + this.latencyMs;
      // A latency that ends must not let later bytes overtake earlier ones.
      if (late.length === 0 && this.latencyMs === 0) return write(to(), chunk);
      late.push({ due: Math.max(due, late.at(-1)?.due ?? 0), chunk });
      if (late.length === 1) flush();
    });
  }
}

function write(socket: Socket | undefined, chunk: Buffer | undefined): void {
  if (socket !== undefined && chunk !== undefined && !socket.destroyed) socket.write(chunk);
}
