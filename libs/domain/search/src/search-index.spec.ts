import type { Db } from '@parley/platform/database';
import { SearchIndex } from './search-index';
import { searchPut, searchTake } from './search.functions';

/** A database whose events are about so many messages of this age, and what was written to it. */
function database(ageMs: number, messagesOf: (event: string) => number = () => 1) {
  let seq = 0;
  const calls: { events: string[]; messages: string[]; pace: number[] }[] = [];
  const call = (fn: unknown, _tenant: string, events: string[], _job: string, ...rest: unknown[]) => {
    if (fn === searchTake) {
      const rows = events.flatMap((event) =>
        Array.from({ length: messagesOf(event) }, () => ({
          event_id: event,
          conversation_id: '0d4dbd5c-9ac8-4c5b-8d1b-3b6d6fb4c3a1',
          seq: (seq += 1),
          id: 'a message',
          sender: 'ann',
          at: new Date(Date.now() - ageMs),
          text: event,
          is_reply: false,
          version: 1,
          searchable: true,
        })),
      );
      return Promise.resolve(rows);
    }
    expect(fn).toBe(searchPut);
    const messages = (rest[3] as string[]).map((words) => /'(event\d+)'/.exec(words)?.[1] ?? '');
    calls.push({ events, messages, pace: rest.slice(4) as number[] });
    return Promise.resolve([]);
  };
  return { index: new SearchIndex({ hot: { call } } as unknown as Db), calls };
}

const eventsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `event${index}`);

describe('SearchIndex', () => {
  it('writes every message of a large job once, and locks few at a time', async () => {
    const { index, calls } = database(0);
    await index.index('t', eventsOf(100));
    expect(calls.flatMap(({ events }) => events)).toEqual(eventsOf(100));
    for (const { events, messages } of calls) {
      expect(messages).toEqual(events);
      expect(events.length).toBeLessThanOrEqual(32);
    }
  });

  it('ends an event in the call that writes all its messages', async () => {
    const sizes = new Map([
      ['event1', 64],
      ['event3', 30],
      ['event4', 0],
      ['event5', 2],
    ]);
    const { index, calls } = database(0, (event) => sizes.get(event) ?? 1);
    await index.index('t', eventsOf(7));
    expect(calls.map(({ events, messages }) => [events, messages.length])).toEqual([
      [['event0'], 1],
      [['event1'], 64],
      [['event2', 'event3', 'event4'], 31],
      [['event5', 'event6'], 3],
    ]);
  });

  it.each([
    [1_000, [8, 8, 10]],
    [3_000, [16, 3, 10]],
    [12_000, [32, 1, 5]],
  ])('writes more at a time and rests less the later it is: of messages %s ms old', async (ageMs, pace) => {
    const { index, calls } = database(ageMs);
    await index.index('t', eventsOf(20));
    expect(calls).toMatchObject([{ pace }]);
  });
});
