import fc from 'fast-check';
import type { StoredEvent } from '@parley/contracts/wire';
import type { Access } from '@parley/domain/timeline';
import { answerSync, planSync, rangesOf, withinBytes } from './sync-plan';

function event(conversationId: string, seq: number): StoredEvent {
  return { conversationId, seq, type: 'message.created' } as StoredEvent;
}

function access(conversationId: string, fields: Partial<Access>): Access {
  return { conversationId, visibleFrom: 1, leftSeq: null, role: 'member', lastSeq: 0, ...fields };
}

/** Asks again until nothing is left, as a client does, with timelines that hold every seq up to their heads. */
function syncToTheEnd(cursors: [string, number][], accesses: Access[], limit: number) {
  const surfaced = new Map<string, number[]>(cursors.map(([id]) => [id, []]));
  const gaps = new Map<string, { from: number; to: number }>();
  for (let open = cursors; open.length > 0;) {
    const plan = planSync(open, accesses);
    const events = rangesOf(plan)
      .flatMap(({ conversationId, from, to }) =>
        Array.from({ length: to - from + 1 }, (_, index) => event(conversationId, from + index)),
      )
      .slice(0, limit);
    const next: [string, number][] = [];
    for (const [index, answer] of answerSync(plan, events).entries()) {
      if (answer.gap) gaps.set(answer.conversationId, answer.gap);
      surfaced.get(answer.conversationId)?.push(...answer.events.map(({ seq }) => seq));
      const cursor = answer.events.at(-1)?.seq ?? answer.gap?.to ?? open[index]?.[1] ?? 0;
      if (answer.more) next.push([answer.conversationId, cursor]);
    }
    open = next;
  }
  return { surfaced, gaps };
}

describe('sync', () => {
  it('I8: page after page, answers with exactly the visible seqs after each cursor, once and in order', () => {
    const conversation = fc.record({
      lastSeq: fc.integer({ min: 0, max: 30 }),
      visibleFrom: fc.integer({ min: 1, max: 31 }),
      left: fc.option(fc.integer({ min: 0, max: 30 })),
      cursor: fc.integer({ min: 0, max: 35 }),
    });
    fc.assert(
      fc.property(
        fc.array(conversation, { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (conversations, limit) => {
          const accesses = conversations.map(({ lastSeq, visibleFrom, left }, index) =>
            access(`c${index}`, {
              lastSeq,
              visibleFrom,
              leftSeq: left === null ? null : Math.min(left, lastSeq),
            }),
          );
          const cursors = conversations.map(({ cursor }, index): [string, number] => [`c${index}`, cursor]);
          const { surfaced, gaps } = syncToTheEnd(cursors, accesses, limit);
          for (const [index, { cursor, visibleFrom }] of conversations.entries()) {
            const { leftSeq, lastSeq } = accesses[index] ?? access('', {});
            const expected = Array.from({ length: 40 }, (_, seq) => seq).filter(
              (seq) => seq > cursor && seq >= visibleFrom && seq <= (leftSeq ?? lastSeq),
            );
            expect(surfaced.get(`c${index}`)).toEqual(expected);
            expect(gaps.get(`c${index}`)).toEqual(
              cursor + 1 < visibleFrom
                ? { from: cursor + 1, to: visibleFrom - 1, reason: 'history' }
                : undefined,
            );
          }
        },
      ),
    );
  });

  it('ends a page before it grows too large, and gives one event at least', () => {
    const events = [1, 2, 3].map((seq) => event('c', seq));
    const bytes = Buffer.byteLength(JSON.stringify(events[0]));
    expect(withinBytes(events, 3 * bytes)).toEqual(events);
    expect(withinBytes(events, 3 * bytes - 1)).toEqual(events.slice(0, 2));
    expect(withinBytes(events, 1)).toEqual(events.slice(0, 1));
    expect(withinBytes([], 1)).toEqual([]);
  });

  it('tells a former participant where it left, and a stranger nothing', () => {
    const plan = planSync(
      [
        ['former', 3],
        ['foreign', 3],
      ],
      [access('former', { lastSeq: 9, leftSeq: 5 })],
    );
    expect(rangesOf(plan)).toEqual([{ conversationId: 'former', from: 4, to: 5 }]);
    expect(answerSync(plan, [event('former', 4), event('former', 5)])).toEqual([
      {
        conversationId: 'former',
        events: [event('former', 4), event('former', 5)],
        head: 5,
        more: false,
        left: 5,
      },
      { conversationId: 'foreign', events: [], head: 0, more: false, left: 0 },
    ]);
  });
});
