import fc from 'fast-check';
import type { TailMessage } from '@parley/contracts/internal';
import { TailFollower, type OwnReadReason } from './tail-follower';
import { TailWatermark } from './tail-watermark';

const overlapMs = 15_000;

describe('the watermark', () => {
  it('joins intervals that leave no time out, transactions of 10 s included', () => {
    const watermark = new TailWatermark();
    expect(watermark.advance({ from: 85_000, to: 100_000 })).toBe(true);
    expect(watermark.advance({ from: 86_000, to: 101_000 })).toBe(true);
    expect(watermark.value).toBe(101_000);
    expect(watermark.advance({ from: 91_001, to: 106_001 })).toBe(false);
    expect(watermark.value).toBe(101_000);
    expect(watermark.advance({ from: 70_000, to: 85_000 })).toBe(true);
    expect(watermark.value).toBe(101_000);
  });
});

interface Write {
  begun: number;
  committed: number;
  seq: number;
}

/** A database, a worker and one gateway, in virtual milliseconds. */
class World {
  now = 1_000_000;
  down = false;
  pageRows = 100;
  readonly writes: Write[] = [];
  readonly taken = new Set<number>();
  readonly reads: OwnReadReason[] = [];
  failures = 0;
  private workerMark: number | null = null;

  readonly follower = new TailFollower({
    monotonicMs: () => this.now,
    read: (watermark) => this.read(watermark, this.pageRows),
    take: ({ entries }) => {
      for (const { seq } of entries) this.taken.add(seq);
    },
    reading: (reason) => this.reads.push(reason),
    failed: () => {
      this.failures += 1;
    },
  });

  write(openForMs = 0): void {
    this.writes.push({ begun: this.now, committed: this.now + openForMs, seq: this.writes.length + 1 });
  }

  /** What the worker sends now. */
  async tails(): Promise<TailMessage[]> {
    const tails: TailMessage[] = [];
    if (!this.down) for await (const tail of this.read(this.workerMark, 1e9)) tails.push(tail);
    this.workerMark = tails.at(-1)?.to ?? this.workerMark;
    return tails;
  }

  async tell(): Promise<void> {
    for (const tail of await this.tails()) this.follower.hear(tail);
  }

  async look(): Promise<void> {
    await this.follower.look();
  }

  private async *read(watermark: number | null, rows: number): AsyncGenerator<TailMessage, void> {
    let from = Math.min(watermark ?? this.now, this.now) - overlapMs;
    for (let more = true; more;) {
      await Promise.resolve();
      if (this.down) throw new Error('away');
      const found = this.writes
        .filter(({ begun, committed }) => begun >= from && committed <= this.now)
        .sort((a, b) => a.begun - b.begun);
      const last = found[rows - 1];
      const named = last === undefined ? found : found.filter(({ begun }) => begun <= last.begun);
      const to = last === undefined ? this.now : last.begun + 1;
      // One conversation per write: what is left out shows.
      const entries = named.map(({ seq }) => ({ tenantId: 't', conversationId: `c${seq}`, seq }));
      yield { from, to, entries, revocations: [] };
      more = last !== undefined;
      from = to;
    }
  }
}

describe('a gateway that follows the tail', () => {
  it('reads once when it starts, and not while the worker tells', async () => {
    const world = new World();
    for (let second = 0; second < 60; second += 1) {
      await world.look();
      world.now += 1_000;
      world.write();
      await world.tell();
    }
    expect(world.reads).toEqual(['start']);
    expect(world.follower.source).toBe('worker');
    expect(world.taken.size).toBe(60);
  });

  it('F1: reads by itself every second after 3 s of silence, until tails come again', async () => {
    const world = new World();
    await world.look();
    for (let ms = 0; ms < 10_000; ms += 250) {
      world.now += 250;
      world.write();
      await world.look();
    }
    expect(world.reads.filter((reason) => reason === 'silence')).toHaveLength(8);
    expect(world.follower.source).toBe('own');
    expect(world.taken.size).toBe(40);
    await world.tell();
    expect(world.follower.source).toBe('worker');
    world.now += 2_000;
    await world.look();
    expect(world.reads.filter((reason) => reason === 'silence')).toHaveLength(8);
  });

  it('F6: after a pause reads what the tail does not reach back to', async () => {
    const world = new World();
    await world.look();
    await world.tell();
    for (let second = 0; second < 90; second += 1) {
      world.now += 1_000;
      world.write();
      await world.tails();
    }
    await world.tell();
    await world.look();
    expect(world.reads).toEqual(['start', 'gap']);
    expect(world.taken.size).toBe(90);
  });

  it('F8: keeps asking while PostgreSQL is away, and then has all of it', async () => {
    const world = new World();
    await world.look();
    world.down = true;
    for (let second = 0; second < 60; second += 1) {
      world.now += 1_000;
      world.write();
      await world.look();
    }
    expect(world.failures).toBe(58);
    expect(world.follower.source).toBe('none');
    expect(world.follower.lagMs).toBe(60_000);
    world.down = false;
    world.now += 1_000;
    await world.look();
    expect(world.taken.size).toBe(60);
    expect(world.follower.lagMs).toBe(0);
  });

  it('takes all that was committed, whatever was lost, late or away meanwhile', async () => {
    const step = fc.record({
      ms: fc.constantFrom(50, 250, 1_000, 2_000, 20_000),
      writes: fc.nat(3),
      openForMs: fc.constantFrom(0, 0, 10, 5_000),
      worker: fc.constantFrom('tells', 'tells', 'lost', 'silent'),
      down: fc.boolean(),
      looks: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, rows) => {
          const world = new World();
          world.pageRows = rows;
          await world.look();
          for (const { ms, writes, openForMs, worker, down, looks } of steps) {
            world.down = down;
            world.now += ms;
            for (let count = 0; count < writes; count += 1) world.write(openForMs);
            if (worker === 'tells') await world.tell();
            if (worker === 'lost') await world.tails();
            if (looks) await world.look();
            await new Promise((resolve) => setImmediate(resolve));
          }
          world.down = false;
          // Whatever was open is committed; within 4 s without the worker all of it is known.
          world.now += 5_000;
          await world.look();
          expect([...world.taken].sort((a, b) => a - b)).toEqual(world.writes.map(({ seq }) => seq));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a glance', () => {
  it('is taken at once, and nobody stands on its interval', () => {
    const world = new World();
    const { follower } = world;
    const entry = (seq: number) => ({ tenantId: 't', conversationId: 'c', seq });
    const said = { entries: [], revocations: [] };
    follower.hear({ ...said, from: world.now - overlapMs, to: world.now });
    world.now += 12_000;
    follower.hear({ ...said, entries: [entry(7)], from: world.now - 2_000, to: world.now, glance: true });
    expect([...world.taken]).toEqual([7]);
    expect(follower.source).toBe('worker');
    expect(world.reads).toEqual([]);
    follower.hear({ ...said, from: world.now - 2_000, to: world.now });
    expect(world.reads).toEqual(['gap']);
  });
});
