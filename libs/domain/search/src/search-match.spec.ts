import fc from 'fast-check';
import { limits } from '@parley/contracts/wire';
import { searchMatch } from './search-match';
import { parseSearch } from './search-query';

/** The text with what is highlighted in brackets; null where it does not fit. */
function marked(q: string, text: string): string | null {
  const highlights = searchMatch(parseSearch(q), text);
  if (highlights === null) return null;
  let shown = '';
  let place = 0;
  for (const { start, end } of highlights) {
    shown += `${text.slice(place, start)}[${text.slice(start, end)}]`;
    place = end;
  }
  return shown + text.slice(place);
}

describe('searchMatch', () => {
  it.each([
    ['own', 'The brown Clown', 'The br[own] Cl[own]'],
    ['BROWN', 'the Brown', 'the [Brown]'],
    ['brown the', 'the brown', '[the] [brown]'],
    ['brown cat', 'the brown dog', null],
    ['"brown fox"', 'a brown, fox; brownfox', 'a [brown, fox]; brownfox'],
    ['"fox brown"', 'a brown fox', null],
    ['is', 'this is it', 'this [is] it'],
    ['is', 'this', null],
    ['fox -dog', 'fox and dog', null],
    ['fox -dog', 'fox and dogs', '[fox] and dogs'],
    ['fox -"red dog"', 'fox dog red', '[fox] dog red'],
    ['cat or fox', 'a fox', 'a [fox]'],
    // Only what belongs to an alternative that fits.
    ['fox cat or dog', 'fox and dog', 'fox and [dog]'],
    ['foo-bar', 'foo bar foo-bars', 'foo bar [foo-bar]s'],
    ['abcd', 'xabc and bcdx', null],
    ['gram program', 'programs', '[program]s'],
    ['手机', '新手机号码', '新[手机]号码'],
    ['手', '新手机', '新[手]机'],
    ['手码', '新手机号码', null],
    ['𠮷野', '店は𠮷野家', '店は[𠮷野]家'],
    ['カメラ', 'デジカメラ', 'デジ[カメラ]'],
    ['안녕', '안녕하세요', '[안녕]하세요'],
    ['สวัส', 'คำสวัสดี', 'คำ[สวัส]ดี'],
    ['👍', 'yes👍👍', 'yes[👍👍]'],
    ['ÄRGER', 'kein ärger', 'kein [ärger]'],
    // Folding makes İ two units long: places are those of the text itself.
    ['fox', 'İİİ fox', 'İİİ [fox]'],
    ['istanbul', 'İSTANBUL istanbul', 'İSTANBUL [istanbul]'],
  ])('%j in %j', (q, text, expected) => {
    expect(marked(q, text)).toBe(expected);
  });

  it('gives at most so many places', () => {
    expect(searchMatch(parseSearch('abc'), 'abc '.repeat(1_000))).toHaveLength(limits.highlightsPerHit);
  });

  it('keeps places within the text, in order and apart, whatever the text is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'İ', ' ', '手', '𠮷', '👍', '-') });
    fc.assert(
      fc.property(text, text, (q, said) => {
        let last = -1;
        for (const { start, end } of searchMatch(parseSearch(q), said) ?? []) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(said.length);
          last = end;
        }
      }),
    );
  });

  it('takes a moment for the longest text and the worst terms', () => {
    const text = 'a '.repeat(limits.messageTextMaxBytes / 2);
    const startedAt = performance.now();
    searchMatch(parseSearch(`"${'a '.repeat(120)}b" ${'aaa'.repeat(4)}`), text);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
