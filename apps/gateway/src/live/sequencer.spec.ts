import type { BusEvent } from '@parley/contracts/internal';
import { Sequencer, aheadMaxEvents, repairMaxEvents, reorderWaitMs } from './sequencer';

function eventOf(seq: number): BusEvent {
  return { tenantId: 't', conversationId: 'c', seq, targetSeq: seq, type: 'x', json: '{}' };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('Sequencer', () => {
  const delivered: number[] = [];
  const reads: [number, number][] = [];
  const skipped: [number, number][] = [];
  let stored = 0;
  let failing = false;

  function start(last: number): Sequencer {
    return new Sequencer(last, {
      deliver: ({ seq }) => delivered.push(seq),
      repair: async (from, to) => {
        reads.push([from, to]);
        if (failing) throw new Error('away');
        return range(from, Math.min(to, stored)).map(eventOf);
      },
      skipped: (from, to) => skipped.push([from, to]),
      schedule: (fn, ms) => {
        const timer = setTimeout(fn, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  beforeEach(() => {
    jest.useFakeTimers();
    delivered.length = reads.length = skipped.length = 0;
    stored = Infinity;
    failing = false;
  });
  afterEach(() => jest.useRealTimers());

  it('delivers in order what comes out of order, without a read', async () => {
    const sequencer = start(4);
    for (const seq of [6, 7, 5, 5, 6, 4]) sequencer.offer(eventOf(seq));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(delivered).toEqual([5, 6, 7]);
    expect(reads).toEqual([]);
  });

  it('reads a hole once, when it is 50 ms old, and only the hole', async () => {
    const sequencer = start(0);
    sequencer.offer(eventOf(4));
    sequencer.offer(eventOf(6));
    await jest.advanceTimersByTimeAsync(reorderWaitMs - 1);
    expect(reads).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(reads).toEqual([[1, 3]]);
    expect(delivered).toEqual([1, 2, 3, 4]);
    await jest.advanceTimersByTimeAsync(reorderWaitMs);
    expect(reads).toEqual([
      [1, 3],
      [5, 5],
    ]);
    expect(delivered).toEqual(range(1, 6));
  });

  it('gives a new hole its own 50 ms', async () => {
    const sequencer = start(0);
    sequencer.offer(eventOf(2));
    await jest.advanceTimersByTimeAsync(40);
    sequencer.offer(eventOf(1));
    sequencer.offer(eventOf(4));
    await jest.advanceTimersByTimeAsync(40);
    sequencer.offer(eventOf(3));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(delivered).toEqual([1, 2, 3, 4]);
    expect(reads).toEqual([]);
  });

  it('keeps up when many holes come one after the other: those that are 50 ms old are read together', async () => {
    const sequencer = start(0);
    const messages = 600;
    for (const seq of range(1, messages)) {
      // The bus is away: what other processes stored is missing.
      if (seq % 3 === 0) sequencer.offer(eventOf(seq));
      await jest.advanceTimersByTimeAsync(2);
    }
    expect(sequencer.position).toBeGreaterThan(messages - (3 * reorderWaitMs) / 2);
    expect(reads.length).toBeLessThan((2 * messages) / reorderWaitMs);
  });

  it('reads a long hole in bounded pages, without pauses', async () => {
    const sequencer = start(0);
    sequencer.noteHead(2 * repairMaxEvents + 10);
    await jest.advanceTimersByTimeAsync(reorderWaitMs + 10);
    expect(reads.map(([from, to]) => to - from + 1)).toEqual([repairMaxEvents, repairMaxEvents, 10]);
    expect(delivered).toEqual(range(1, 2 * repairMaxEvents + 10));
  });

  it('bounds what it keeps and reads the rest', async () => {
    const sequencer = start(0);
    const last = aheadMaxEvents + 100;
    for (const seq of range(2, last)) sequencer.offer(eventOf(seq));
    await jest.advanceTimersByTimeAsync(10 * reorderWaitMs);
    expect(delivered).toEqual(range(1, last));
  });

  it('tries a failing read again, ever more slowly, for as long as it takes (F8)', async () => {
    failing = true;
    const sequencer = start(0);
    sequencer.noteHead(2);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(reads.length).toBeGreaterThan(10);
    expect(reads.length).toBeLessThan(25);
    failing = false;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(delivered).toEqual([1, 2]);
  });

  it('does not stop for good at a hole that nothing fills, and says so', async () => {
    stored = 0;
    const sequencer = start(0);
    sequencer.offer(eventOf(3));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(skipped).toEqual([[1, 2]]);
    expect(delivered).toEqual([3]);
  });

  it('delivers again after a rewind', async () => {
    const sequencer = start(0);
    for (const seq of range(1, 5)) sequencer.offer(eventOf(seq));
    sequencer.rewind(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(delivered).toEqual([1, 2, 3, 4, 5, 3, 4, 5]);
    expect(sequencer.highest).toBe(5);
  });

  it('does nothing once it is stopped', async () => {
    const sequencer = start(0);
    sequencer.offer(eventOf(3));
    sequencer.stop();
    sequencer.offer(eventOf(1));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([delivered, reads]).toEqual([[], []]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
