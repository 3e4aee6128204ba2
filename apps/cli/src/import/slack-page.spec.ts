import fc from 'fast-check';
import { pagesOf } from './slack-page';

describe('pagesOf', () => {
  it('fills pages by number', () => {
    expect(pagesOf([1, 2, 3, 4, 5], { maxItems: 2, maxBytes: 1_000 })).toEqual([[1, 2], [3, 4], [5]]);
    expect(pagesOf([], { maxItems: 2, maxBytes: 1_000 })).toEqual([]);
  });

  it('gives an item that is too large a page of its own', () => {
    expect(pagesOf(['a', 'x'.repeat(50), 'b'], { maxItems: 9, maxBytes: 20 })).toEqual([
      ['a'],
      ['x'.repeat(50)],
      ['b'],
    ]);
  });

  it('keeps every item once, in order, within both bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 30 })),
        fc.integer({ min: 1, max: 9 }),
        (items, maxItems) => {
          const pages = pagesOf(items, { maxItems, maxBytes: 400 });
          expect(pages.flat()).toEqual(items);
          for (const page of pages) {
            expect(page.length).toBeGreaterThan(0);
            expect(page.length).toBeLessThanOrEqual(maxItems);
            expect(page.length === 1 || Buffer.byteLength(JSON.stringify(page)) <= 401).toBe(true);
          }
        },
      ),
    );
  });
});
