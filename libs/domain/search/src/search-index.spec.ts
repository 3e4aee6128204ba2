import type { Tx } from '@parley/platform/database';
import { SearchIndex, type IndexedPlace } from './search-index';

const placesOf = (count: number): IndexedPlace[] =>
  Array.from({ length: count }, (_, index) => ({ conversationId: 'c', seq: index + 1 }));

/** A transaction whose messages are of this age, and what was written in it. */
function transaction(ageMs: number, log: string[] = []) {
  const calls: { pieces: number[][]; rests: number[] }[] = [];
  const sql = async (strings: TemplateStringsArray, _tenant: string, json: string, ...rests: number[]) => {
    if (strings.join('').includes('message_search_read')) {
      log.push('reads');
      await new Promise(setImmediate);
      return (JSON.parse(json) as { c: string; s: number }[]).map(({ c, s }) => ({
        conversation_id: c,
        seq: s,
        id: `m${s}`,
        sender: 'ann',
        at: new Date(Date.now() - ageMs),
        text: 'a message',
        is_reply: false,
        searchable: true,
      }));
    }
    const pieces = (JSON.parse(json) as { s: number }[][]).map((piece) => piece.map(({ s }) => s));
    await new Promise(setImmediate);
    log.push('has written');
    calls.push({ pieces, rests });
    return [];
  };
  return { tx: { tenantId: 't', sql } as unknown as Tx, calls };
}

describe('SearchIndex', () => {
  it('writes every message of a large job once, few at a time', async () => {
    const { tx, calls } = transaction(0);
    await new SearchIndex().write(tx, placesOf(100));
    const pieces = calls.flatMap((call) => call.pieces);
    expect(pieces.flat()).toEqual(placesOf(100).map(({ seq }) => seq));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(8);
  });

  it.each([
    [1_000, [8, 10]],
    [3_000, [3, 10]],
    [6_000, [1, 5]],
  ])('rests less the later it is: of messages %s ms old', async (ageMs, rests) => {
    const { tx, calls } = transaction(ageMs);
    await new SearchIndex().write(tx, placesOf(20));
    expect(calls).toMatchObject([{ rests }]);
  });

  it('does one job after the other, also after one that failed', async () => {
    const log: string[] = [];
    const index = new SearchIndex();
    const failing = { tenantId: 't', sql: () => Promise.reject(new Error('away')) } as unknown as Tx;
    const failure = index.write(failing, placesOf(1));
    const writes = [
      index.write(transaction(0, log).tx, placesOf(9)),
      index.write(transaction(0, log).tx, placesOf(9)),
    ];
    await expect(failure).rejects.toThrow('away');
    await Promise.all(writes);
    expect(log).toEqual(['reads', 'has written', 'reads', 'has written']);
  });
});
