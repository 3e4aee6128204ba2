import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { nowMicros } from './clock';
import { Generator } from './generator';
import type { SendReport } from './generator.types';
import { Latency } from './latency';
import { compareMarks } from './merge';

interface Request {
  id: number;
  type: string;
  data: { conversationId: string; clientMessageId: string };
}

type Deliver = (seq: number, deliver: (seq: number) => void) => void;

const conversation = '0190f3b2-8c1e-7000-8000-000000000001';
const messages = 40;

/** A server of one room that delivers as it is told to. */
class Room {
  readonly server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  private readonly sockets: WebSocket[] = [];
  private seq = 0;
  deliver: Deliver = (seq, deliver) => deliver(seq);

  constructor() {
    this.server.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('message', (raw: Buffer) => this.take(socket, JSON.parse(raw.toString()) as Request));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private take(socket: WebSocket, { id, type, data }: Request): void {
    if (type === 'auth') {
      socket.send(`{"id":${id},"ok":true}`);
      socket.send('{"type":"ready","data":{}}');
      return;
    }
    this.seq += 1;
    socket.send(`{"id":${id},"ok":true,"data":{"message":{"seq":${this.seq}}}}`);
    this.deliver(this.seq, (seq) => {
      const event = { ...data, seq };
      for (const each of this.sockets) each.send(JSON.stringify({ type: 'message.created', data: event }));
    });
  }
}

describe('a generator', () => {
  let room: Room;
  let generator: Generator;

  beforeEach(async () => {
    room = new Room();
    generator = new Generator();
    await once(room.server, 'listening');
    const clients = [0, 1].map(() => ({ auth: '{}', conversations: [conversation] }));
    const target = { host: '127.0.0.1', port: room.port, dialect: 'ws' as const };
    const { connected } = await generator.connect({ target, clients, sourceAddresses: 2 });
    expect(connected).toBe(2);
  });

  afterEach(async () => {
    await generator.close();
    room.server.close();
  });

  function send(): Promise<SendReport> {
    return generator.send({
      step: 1,
      lanes: [0, 1].map((client) => ({ client, conversation })),
      perSecond: 400,
      // Not a whole one, as the clock's are not: a message's key has its due time in whole microseconds.
      startMicros: Math.floor(nowMicros()) + 10_000.4,
      warmMs: 0,
      measuredMs: (messages / 400) * 1_000,
      settleMaxMs: 2_000,
      textBytes: 120,
    });
  }

  it('finds nothing wrong where each message comes once, in order, to everybody', async () => {
    const report = await send();
    expect(report).toMatchObject({ sent: messages, acked: messages, delivered: 2 * messages });
    expect(report).toMatchObject({ duplicates: 0, holes: 0, strangers: 0, closed: 0, unanswered: 0 });
    expect(compareMarks(report.ackedMarks, report.deliveredMarks)).toEqual({ lost: 0, mixedUp: 0 });
  });

  it('counts latencies from the time at which a message was due', async () => {
    const held: (() => void)[] = [];
    // Everything stands still until the last one is there: the first has waited for the whole step.
    room.deliver = (seq, deliver) => {
      held.push(() => deliver(seq));
      if (seq === messages) for (const each of held) each();
    };
    const report = await send();
    const { count, max, p50 } = Latency.merge([report.deliveryLatency]).summary();
    expect([report.delivered, count]).toEqual([2 * messages, 2 * messages]);
    expect(max).toBeGreaterThan((messages - 1) * (1_000 / 400) - 1);
    expect(p50).toBeLessThan(max * 0.9);
  });

  it('finds a message that came twice', async () => {
    room.deliver = (seq, deliver) => {
      deliver(seq);
      if (seq === 7) deliver(seq);
    };
    expect((await send()).duplicates).toBe(2);
  });

  it('finds a message that never came, as a hole and as lost', async () => {
    room.deliver = (seq, deliver) => {
      if (seq !== 7) deliver(seq);
    };
    const report = await send();
    expect(report.holes).toBe(2);
    expect(compareMarks(report.ackedMarks, report.deliveredMarks).lost).toBe(2);
  });

  it('finds the last message lost, which leaves no hole', async () => {
    room.deliver = (seq, deliver) => {
      if (seq !== messages) deliver(seq);
    };
    const report = await send();
    expect(report.holes).toBe(0);
    expect(compareMarks(report.ackedMarks, report.deliveredMarks).lost).toBe(2);
  });

  it('finds a message under the number of another', async () => {
    room.deliver = (seq, deliver) => deliver(seq === 7 ? 8 : seq);
    const report = await send();
    expect(report.holes + report.duplicates).toBeGreaterThan(0);
    expect(compareMarks(report.ackedMarks, report.deliveredMarks).mixedUp).toBe(2);
  });
});
