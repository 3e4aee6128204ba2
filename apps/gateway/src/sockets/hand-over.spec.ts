import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { WebSocket, type RawData } from 'ws';
import { handOver, type HandedOver } from './hand-over';
import { OwnedSocket, OwnedSocketServer } from './owned-socket';
import { PacketDecoder, PacketEncoder } from './packet-parser';

/** What Socket.IO and Engine.IO keep for a connection, by the names that they have in the pinned versions. */
interface Internals {
  transport: { socket: WebSocket; writable: boolean; eventNames(): unknown[] };
  pingIntervalTimer: { _destroyed: boolean };
  writeBuffer: unknown[];
}

class Owner {
  readonly texts: string[] = [];
  code: number | undefined;

  receive(data: RawData): void {
    this.texts.push((data as Buffer).toString());
  }

  pong(): void {
    // Not asked for here.
  }

  ended(code: number): void {
    this.code = code;
  }
}

describe('handOver', () => {
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    parser: { Encoder: PacketEncoder, Decoder: PacketDecoder },
    wsEngine: OwnedSocketServer,
  });
  beforeAll(async () => {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });
  afterAll(() => io.close());
  afterEach(() => io.removeAllListeners('connection'));

  /** A client that was let in, and what the server has of it. */
  async function connect(onConnection: (socket: Socket) => HandedOver) {
    const { port } = http.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    const texts: string[] = [];
    client.on('message', (data) => {
      const text = (data as Buffer).toString();
      texts.push(text);
      if (text.startsWith('0')) client.send('40');
    });
    const [socket, handed] = await new Promise<[Socket, HandedOver]>((resolve) => {
      io.once('connection', (each) => resolve([each, onConnection(each)]));
    });
    const owner = new Owner();
    handed.webSocket.ownedBy(owner);
    return { client, texts, socket, owner, ...handed };
  }

  async function heardBy(client: WebSocket, isThere: () => boolean): Promise<void> {
    while (!isThere()) await once(client, 'message');
  }

  it('leaves an open line of which the libraries keep nothing', async () => {
    const { client, socket, webSocket, raw, texts } = await connect(handOver);
    const engine = socket.conn as unknown as Internals;
    expect(webSocket).toBeInstanceOf(OwnedSocket);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    expect(io.engine.clientsCount).toBe(0);
    expect(Object.keys((io.engine as unknown as { clients: object }).clients)).toEqual([]);
    const { sockets, adapter } = io.of('/');
    expect([sockets.size, adapter.rooms.size, adapter.sids.size]).toEqual([0, 0, 0]);
    expect(engine.pingIntervalTimer._destroyed).toBe(true);
    expect(webSocket.eventNames()).toEqual(['message', 'pong', 'close', 'error']);
    expect(webSocket.eventNames().map((name) => webSocket.listenerCount(name))).toEqual([1, 1, 1, 1]);
    // The line below takes whole frames.
    raw.write(Buffer.from([0x81, 2, 0x34, 0x32]));
    await heardBy(client, () => texts.includes('42'));
    expect(texts.map((text) => text.slice(0, 2))).toEqual(['0{', '40', '42']);
    client.terminate();
  });

  it('answers the connect also when the packet before it is still on its way', async () => {
    const { client, texts } = await connect((socket) => {
      const engine = socket.conn as unknown as Internals;
      engine.transport.writable = false;
      socket.emit('held');
      expect(engine.writeBuffer).toHaveLength(1);
      return handOver(socket);
    });
    await heardBy(client, () => texts.some((text) => text.startsWith('42["held"')));
    client.terminate();
  });

  it('gives all that comes to the owner, and then the end', async () => {
    const { client, owner, webSocket } = await connect(handOver);
    client.send('3');
    client.send('42["a"]');
    client.close(4321);
    await once(webSocket, 'close');
    expect(owner.texts).toEqual(['3', '42["a"]']);
    expect(owner.code).toBe(4321);
  });
});
