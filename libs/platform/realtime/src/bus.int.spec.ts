import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BusEvent, Revocation, TailMessage, UserEvent } from '@parley/contracts/internal';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { RedisConnections } from '@parley/platform/redis';
import { Metrics, createLogger } from '@parley/platform/telemetry';
import { freePort, testRedis, waitFor } from '@parley/testing';
import { Bus, BusPublisher } from '.';

function eventOf(seq: number): BusEvent {
  return {
    tenantId: 't',
    conversationId: 'c',
    seq,
    targetSeq: seq,
    type: 'message.created',
    json: `{"seq":${seq}}`,
  };
}

class TestBus {
  readonly seqs: number[] = [];
  readonly userEvents: UserEvent[] = [];
  readonly tails: TailMessage[] = [];
  readonly revocations: Revocation[] = [];
  readonly bus: Bus;
  private readonly metrics = new Metrics('test');
  private readonly connections: RedisConnections;

  constructor(url: string | undefined, channel: string) {
    const log = createLogger({ process: 'test', level: 'error', format: 'json' });
    this.connections = new RedisConnections({ url, connectionName: 'test' }, log);
    this.bus = new Bus(this.connections, channel, log, this.metrics);
    this.bus.subscribe({
      event: ({ seq }) => this.seqs.push(seq),
      userEvent: (event) => this.userEvents.push(event),
      tail: (tail) => this.tails.push(tail),
      revocations: (revocations) => this.revocations.push(...revocations),
      blockChanges: () => undefined,
      typing: () => undefined,
      presence: () => undefined,
      choice: () => undefined,
    });
  }

  async dropped(): Promise<number> {
    return Number(/^bus_dropped_total\S* (\d+)/m.exec(await this.metrics.render())?.[1]);
  }

  close(): void {
    this.bus.close();
    this.connections.close();
  }
}

describe('the bus', () => {
  const open: TestBus[] = [];
  function busOn(url: string | undefined, channel: string): TestBus {
    const bus = new TestBus(url, channel);
    open.push(bus);
    return bus;
  }
  afterEach(() => {
    for (const bus of open.splice(0)) bus.close();
  });

  /** Publishes until it arrives: a subscription is there some time after the process has started. */
  async function connected(from: TestBus, to: TestBus): Promise<void> {
    await waitFor(
      async () => {
        from.bus.publish([eventOf(0)]);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return to.seqs.length > 0;
      },
      { timeoutMs: 15_000 },
    );
    await waitFor(() => new Promise((resolve) => setTimeout(() => resolve(true), 50)));
    from.seqs.length = 0;
    to.seqs.length = 0;
  }

  it('brings events in order to every other process, and not back to the sender', async () => {
    const { url, prefix } = await testRedis();
    const [a, b, c] = [busOn(url, prefix), busOn(url, prefix), busOn(url, prefix)];
    await connected(a, b);
    await connected(b, c);
    await connected(c, a);
    for (const each of [a, b, c]) each.seqs.length = 0;
    const seqs = Array.from({ length: 500 }, (_, index) => index + 1);
    new BusPublisher(a.bus).publish(seqs.map(eventOf));
    new BusPublisher(a.bus).publishToUsers({
      tenantId: 't',
      userIds: ['ann'],
      type: 'conversation.created',
      json: '{}',
    });
    const tail: TailMessage = { from: 1, to: 2, entries: [], revocations: [] };
    a.bus.publishTail(tail);
    new BusPublisher(a.bus).publishRevocations([{ kind: 'tenant', tenantId: 't' }]);
    await waitFor(() => b.revocations.length === 1 && c.revocations.length === 1);
    expect([b.userEvents.length, c.userEvents.length]).toEqual([1, 1]);
    expect([b.tails, c.tails]).toEqual([[tail], [tail]]);
    expect(b.seqs).toEqual(seqs);
    expect(c.seqs).toEqual(seqs);
    expect(a.seqs).toEqual([]);
  });

  it('neither throws nor waits without Redis, and counts what it drops (F1)', async () => {
    const without = busOn(undefined, 'bus');
    const down = busOn(`redis://127.0.0.1:${await freePort()}`, 'bus');
    for (const bus of [without, down]) {
      bus.bus.publish([eventOf(1), eventOf(2)]);
      expect(await bus.dropped()).toBe(2);
    }
  });

  it('delivers again when Redis comes back (F1)', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-bus-'));
    const port = await freePort();
    let redis = await EmbeddedRedis.start({ dataDir, persist: false, port });
    const [a, b] = [busOn(redis.url, 'bus'), busOn(redis.url, 'bus')];
    try {
      await connected(a, b);
      await redis.stop();
      a.bus.publish([eventOf(1)]);
      redis = await EmbeddedRedis.start({ dataDir, persist: false, port });
      await connected(a, b);
      a.bus.publish([eventOf(2)]);
      await waitFor(() => b.seqs.includes(2));
    } finally {
      await redis.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
