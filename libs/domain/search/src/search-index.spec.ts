import type { Tx } from '@parley/platform/database';
import { SearchIndex } from './search-index';

describe('SearchIndex', () => {
  it('writes every message of a large job once, few at a time, with a rest between', async () => {
    const written: number[][] = [];
    let writing = false;
    const sql = async (strings: TemplateStringsArray, _tenant: string, json: string): Promise<unknown[]> => {
      const rows = JSON.parse(json) as { c: string; s: number }[];
      if (strings.join('').includes('message_search_read')) {
        return rows.map(({ c, s }) => ({
          conversation_id: c,
          seq: s,
          id: `m${s}`,
          sender: 'ann',
          at: new Date(),
          text: 'a message',
          is_reply: false,
          searchable: true,
        }));
      }
      expect(writing).toBe(false);
      writing = true;
      written.push(rows.map(({ s }) => s));
      // After whoever waits for the core now.
      setImmediate(() => (writing = false));
      return [];
    };
    const places = Array.from({ length: 100 }, (_, index) => ({ conversationId: 'c', seq: index + 1 }));
    await new SearchIndex().write({ tenantId: 't', sql } as unknown as Tx, places);
    expect(written.flat()).toEqual(places.map(({ seq }) => seq));
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThanOrEqual(32);
  });
});
