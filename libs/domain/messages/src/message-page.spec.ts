import fc from 'fast-check';
import { AppError, type MessageView } from '@parley/contracts/wire';
import { messagePage, pageReads, type PageRead } from './message-page';

function message(seq: number): MessageView {
  return { seq } as MessageView;
}

/** Reads as the timeline does: some seqs hold messages, others changes. */
function pageOf(seqs: number[], query: Parameters<typeof pageReads>[0], visible = { from: 1, to: 1_000 }) {
  const reads = pageReads(query, visible);
  const read = (wanted: PageRead | undefined): MessageView[] => {
    if (wanted === undefined) return [];
    const within = seqs.filter((seq) => seq >= wanted.low && seq <= wanted.high).sort((a, b) => a - b);
    return (wanted.newestFirst ? within.reverse() : within).slice(0, wanted.limit).map(message);
  };
  const page = messagePage(reads, { older: read(reads.older), newer: read(reads.newer) }, visible);
  return { seqs: page.data.map(({ seq }) => seq), ...page.page };
}

const tenMessages = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('a page of history', () => {
  it.each([
    ['the newest', { limit: 3 }, { from: 1, to: 10 }, { seqs: [8, 9, 10], before: 8, after: null }],
    [
      'before a place',
      { before: 5, limit: 3 },
      { from: 1, to: 10 },
      { seqs: [2, 3, 4], before: 2, after: 4 },
    ],
    [
      'the first ones',
      { before: 3, limit: 3 },
      { from: 1, to: 10 },
      { seqs: [1, 2], before: null, after: 2 },
    ],
    ['after a place', { after: 5, limit: 3 }, { from: 1, to: 10 }, { seqs: [6, 7, 8], before: 6, after: 8 }],
    ['the last ones', { after: 8, limit: 3 }, { from: 1, to: 10 }, { seqs: [9, 10], before: 9, after: null }],
    [
      'around a place',
      { around: 5, limit: 4 },
      { from: 1, to: 10 },
      { seqs: [4, 5, 6, 7], before: 4, after: 7 },
    ],
    [
      'from a join on',
      { limit: 50 },
      { from: 4, to: 10 },
      { seqs: [4, 5, 6, 7, 8, 9, 10], before: null, after: null },
    ],
    [
      'up to a leaving',
      { after: 4, limit: 50 },
      { from: 1, to: 6 },
      { seqs: [5, 6], before: 5, after: null },
    ],
    ['nothing', { after: 10 }, { from: 1, to: 10 }, { seqs: [], before: null, after: null }],
  ])('%s', (_, query, visible, page) => {
    expect(pageOf(tenMessages, query, visible)).toEqual(page);
  });

  it('names one place at most', () => {
    expect(() => pageOf(tenMessages, { before: 1, after: 2 })).toThrow(AppError);
  });

  it('walking from any place, either way, meets every visible message once and in order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (seqs, from, length, limit) => {
          const visible = { from, to: from + length };
          const expected = seqs
            .filter((seq) => seq >= visible.from && seq <= visible.to)
            .sort((a, b) => a - b);
          const down: number[] = [];
          for (
            let page = pageOf(seqs, { limit }, visible);
            ;
            page = pageOf(seqs, { limit, before: page.before }, visible)
          ) {
            down.unshift(...page.seqs);
            if (page.before === null) break;
          }
          const up: number[] = [];
          for (let after: number | null = 0; after !== null;) {
            const page: ReturnType<typeof pageOf> = pageOf(seqs, { limit, after }, visible);
            up.push(...page.seqs);
            after = page.after;
          }
          expect({ down, up }).toEqual({ down: expected, up: expected });
        },
      ),
    );
  });
});
