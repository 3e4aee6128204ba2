import fc from 'fast-check';
import { timeTags } from './search-tags';
import { searchWindows } from './search-windows';

const newest = Date.parse('2026-11-29T11:00:00Z');

describe('searchWindows', () => {
  it('covers every moment once, the newest first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: newest }), fc.integer({ min: 0, max: newest }), (end, moment) => {
        const windows = searchWindows(end, null);
        const at = Math.min(end, moment);
        const tags = timeTags(at);
        const holding = windows.filter(({ query }) => tags.some((tag) => query?.includes(`'${tag}'`)));
        expect(holding.length).toBeLessThanOrEqual(1);
        const [holder = windows.at(-1)] = holding;
        const place = holder === undefined ? -1 : windows.indexOf(holder);
        expect(place).not.toBe(-1);
        expect(at).toBeGreaterThanOrEqual(windows[place]?.lowMs ?? 0);
        expect(at).toBeLessThan(windows[place - 1]?.lowMs ?? Infinity);
        expect(windows.at(-1)?.lowMs).toBeNull();
      }),
    );
  });

  it('needs few windows and few tags, however far it goes back', () => {
    const windows = searchWindows(newest, null);
    expect(windows.length).toBeLessThanOrEqual(12);
    for (const { query } of windows) expect((query ?? '').split('|').length).toBeLessThanOrEqual(33);
  });

  it('goes on from the end of a window without beginning small again', () => {
    let from: number | null = newest;
    let calls = 0;
    for (; from !== null; calls += 1) {
      const [first] = searchWindows(from, null);
      const low: number | null = first?.lowMs ?? null;
      from = low === null ? null : low - 1;
    }
    expect(calls).toBeLessThanOrEqual(150);
  });

  it('does not look before the oldest time', () => {
    const hour = 3_600_000;
    expect(searchWindows(newest, newest - hour).length).toBeLessThanOrEqual(2);
    expect(searchWindows(newest, newest + hour)).toEqual([]);
  });
});
