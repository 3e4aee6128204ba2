import fc from 'fast-check';
import { parseSearch, termCount, tsQuery, type SearchQuery } from './search-query';

/** A query in short: parts as they are, words in brackets, what must not occur behind a minus. */
function shown(query: SearchQuery): string {
  const term = (of: SearchQuery[number]['all'][number]): string =>
    'part' in of ? of.part : `[${of.words.join(' ')}]`;
  return query
    .map(({ all, none }) => [...all.map(term), ...none.map((of) => `-${term(of)}`)].join(' '))
    .join(' | ');
}

describe('parseSearch', () => {
  it.each([
    ['release notes', 'release notes'],
    ['  ReLease\tNOTES ', 'release notes'],
    ['"Release Notes"', '[release notes]'],
    ['"release notes', '[release notes]'],
    ['release -notes', 'release -[notes]'],
    ['release -"two words"', 'release -[two words]'],
    ['-notes release', 'release -[notes]'],
    ['red or green blue', 'red | green blue'],
    ['red OR green', 'red | green'],
    ['"or"', '[or]'],
    ['or', ''],
    ['or red or', 'red'],
    ['red -or', 'red -[or]'],
    // One or two letters are a whole word: too many words have them as a part.
    ['to be', '[to] [be]'],
    ['a1', '[a1]'],
    ['foo-bar,', 'foo-bar'],
    ['(foo)', 'foo'],
    ['3.14', '[3 14]'],
    ["o'neill", "o'neill"],
    ['a"b c"d', '[a] [b c] [d]'],
    ['手机', '手机'],
    ['手', '手'],
    ['"手机 x"', '手机 x'],
    ['-手机 abc', 'abc -手机'],
    ['สวัสดี', 'สวัสดี'],
    ['👍', '👍'],
    ['𠮷野家', '𠮷野家'],
    ['STRASSE straße', 'strasse straße'],
    ['-red', ''],
    ['-red or green', 'green'],
    ['""', ''],
    ['-', ''],
    ['- red', 'red'],
    ['--red', ''],
    ['!!! & | :* \\ ( )', ''],
    ["'; DROP TABLE message; --", 'drop table message'],
  ])('reads %j as %j', (q, expected) => {
    expect(shown(parseSearch(q))).toBe(expected);
  });

  it('counts the terms of all alternatives', () => {
    expect(termCount(parseSearch('one two or "three four" -five'))).toBe(4);
  });

  it('never fails, and asks the index for something in each alternative', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (q) => {
        const query = parseSearch(q);
        expect(query.every(({ all }) => all.length > 0)).toBe(true);
        if (query.length > 0) expect(tsQuery(query, 'current')).toMatch(/'/);
      }),
    );
  });
});

describe('tsQuery', () => {
  const current = (q: string): string => tsQuery(parseSearch(q), 'current');

  it('looks up parts by their pieces, and words as they are', () => {
    expect(current('notes')).toBe("((('=not' & '=ote' & '=tes')))");
    expect(current('"two words" -no')).toBe("((('two' <-> 'words') & !('no')))");
    expect(current('ab or 手机')).toBe("((('ab')) | (('=手机')))");
    expect(current('手')).toBe("((('=手')))");
    expect(current('foo-barn')).toBe("((('=foo' & '=bar' & '=arn')))");
  });

  it('leaves to the text what must not occur as a part', () => {
    expect(current('notes -手机')).toBe("((('=not' & '=ote' & '=tes')))");
  });

  it('asks of older rows, which have no pieces, for whole words', () => {
    expect(tsQuery(parseSearch('notes -"x y"'), 'older')).toBe("((('notes') & !('x' <-> 'y'))) & !'@3'");
  });

  it('of a long term it looks up a bounded number of pieces', () => {
    const letters = Array.from({ length: 60 }, (_, index) => String.fromCodePoint(97 + (index % 26))).join(
      '',
    );
    expect(current(letters).match(/=/g)).toHaveLength(6);
  });
});
