import fc from 'fast-check';
import type { ConversationSync, DurableEvent } from '@parley/contracts/wire';
import { TimelineCursor } from './timeline-cursor';

const conversationId = 'c1';

function event(seq: number): DurableEvent {
  if (seq % 7 === 0) return { type: 'void', conversationId, seq };
  return {
    id: `e${seq}`,
    type: 'message.created',
    conversationId,
    seq,
    actor: 'bo',
    at: '',
    data: {},
  } as DurableEvent;
}

function answer(seqs: number[], head: number, more = false): ConversationSync {
  return { conversationId, events: seqs.map(event), head, more };
}

/** What a server with `head` events answers to a cursor, at most `size` events of it. */
function serve(from: number, head: number, size: number): ConversationSync {
  const to = Math.min(head, from + size);
  return answer(
    Array.from({ length: Math.max(0, to - from) }, (_, index) => from + 1 + index),
    head,
    to < head,
  );
}

const seqsOf = (events: { seq: number }[]) => events.map(({ seq }) => seq);

describe('TimelineCursor', () => {
  it('gives the next event at once and drops what it has applied (I7)', () => {
    const cursor = new TimelineCursor(0);
    expect(seqsOf(cursor.accept(event(1)))).toEqual([1]);
    expect(cursor.accept(event(1))).toEqual([]);
    expect(cursor.seq).toBe(1);
    expect(cursor.behind).toBe(false);
  });

  it('holds what is ahead of a hole until the hole is filled', () => {
    const cursor = new TimelineCursor(0);
    expect(cursor.accept(event(3))).toEqual([]);
    expect(cursor.accept(event(2))).toEqual([]);
    expect(cursor.behind).toBe(true);
    expect(seqsOf(cursor.accept(event(1)))).toEqual([1, 2, 3]);
    expect(cursor.behind).toBe(false);
  });

  it('moves over a void without giving it to the app', () => {
    const cursor = new TimelineCursor(6);
    expect(cursor.accept(event(7))).toEqual([]);
    expect(cursor.seq).toBe(7);
  });

  it('knows that it is behind a head although no event came', () => {
    const cursor = new TimelineCursor(4);
    cursor.noteHead(5);
    expect(cursor.behind).toBe(true);
    expect(seqsOf(cursor.acceptSync(answer([5], 5)).events)).toEqual([5]);
    expect(cursor.behind).toBe(false);
  });

  it('jumps over a gap, says so, and goes on with what it held behind it', () => {
    const cursor = new TimelineCursor(2);
    cursor.accept(event(11));
    const applied = cursor.acceptSync({ ...answer([10], 11), gap: { from: 3, to: 9, reason: 'retention' } });
    expect(applied.gap).toEqual({ from: 3, to: 9, reason: 'retention' });
    expect(seqsOf(applied.events)).toEqual([10, 11]);
  });

  it('gives what it held behind a gap also when the answer brings nothing else', () => {
    const cursor = new TimelineCursor(2);
    cursor.accept(event(10));
    const gapAlone = { ...answer([], 10), gap: { from: 3, to: 9, reason: 'retention' as const } };
    expect(seqsOf(cursor.acceptSync(gapAlone).events)).toEqual([10]);
  });

  it('takes no gap that is behind it, or that does not join it', () => {
    const cursor = new TimelineCursor(5);
    expect(
      cursor.acceptSync({ ...answer([], 5), gap: { from: 1, to: 5, reason: 'history' } }).gap,
    ).toBeUndefined();
    expect(
      cursor.acceptSync({ ...answer([], 5), gap: { from: 8, to: 9, reason: 'history' } }).gap,
    ).toBeUndefined();
    expect(cursor.seq).toBe(5);
  });

  it('tells that the conversation is over only with the last page', () => {
    const cursor = new TimelineCursor(0);
    expect(cursor.acceptSync({ ...answer([1], 2, true), left: 2 }).left).toBeUndefined();
    expect(cursor.acceptSync({ ...answer([2], 2), left: 2 }).left).toBe(2);
  });

  it('keeps a bounded number of events ahead of a hole and gets the others by sync', () => {
    const cursor = new TimelineCursor(0);
    for (let seq = 2; seq <= 2_000; seq += 1) cursor.accept(event(seq));
    expect(cursor.accept(event(1)).at(-1)?.seq).toBe(1_000);
    expect(cursor.behind).toBe(true);
    expect(cursor.acceptSync(serve(cursor.seq, 2_000, 2_000)).events.at(-1)?.seq).toBe(2_000);
  });

  it('gives exactly 1..N, once, in order, whatever the order, repetition and loss (I6, I7)', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('live' as const), seq: fc.integer({ min: 1, max: 40 }) }),
      // An answer is computed when it is asked for, and may arrive steps later.
      fc.record({
        kind: fc.constant('ask' as const),
        head: fc.integer({ min: 0, max: 40 }),
        size: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ kind: fc.constant('arrive' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('head' as const), head: fc.integer({ min: 0, max: 40 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 120 }), (total, steps) => {
        const cursor = new TimelineCursor(0);
        const given: number[] = [];
        const onTheWay: ConversationSync[] = [];
        for (const each of steps) {
          if (each.kind === 'live' && each.seq <= total)
            given.push(...seqsOf(cursor.accept(event(each.seq))));
          if (each.kind === 'head') cursor.noteHead(Math.min(each.head, total));
          if (each.kind === 'ask') onTheWay.push(serve(cursor.seq, Math.min(each.head, total), each.size));
          if (each.kind === 'arrive' && onTheWay.length > 0) {
            const [late] = onTheWay.splice(each.pick % onTheWay.length, 1);
            if (late) given.push(...seqsOf(cursor.acceptSync(late).events));
          }
          // Nothing is applied past a hole, at any moment.
          expect(given.length === 0 || (given.at(-1) ?? 0) <= cursor.seq).toBe(true);
        }
        cursor.noteHead(total);
        while (cursor.behind) given.push(...seqsOf(cursor.acceptSync(serve(cursor.seq, total, 7)).events));
        const visible = Array.from({ length: total }, (_, index) => index + 1).filter((seq) => seq % 7 !== 0);
        expect(given).toEqual(visible);
        expect(cursor.seq).toBe(total);
      }),
      { numRuns: 500 },
    );
  });
});
