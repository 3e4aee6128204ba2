import fc from 'fast-check';
import { limits } from '@parley/contracts/wire';
import { searchDocument, type SearchableMessage } from './search-document';
import { searchMatch } from './search-match';
import { parseSearch } from './search-query';
import { gramsOf, gramsToFind, runsOf, fold } from './search-text';

const message: SearchableMessage = {
  tenantId: '019a0000-0000-7000-8000-00000000000a',
  conversationId: '019a0000-0000-7000-8000-00000000000b',
  sender: 'ada',
  at: new Date('2026-01-02T03:04:05.678Z'),
  text: '',
  isReply: false,
};
const now = new Date('2026-01-02T03:04:06Z');

function lexemes(changes: Partial<SearchableMessage>): string[] {
  return [...searchDocument({ ...message, ...changes }, now).matchAll(/'([^']*)'(\S*)/g)].map(
    ([, lexeme = '', places = '']) => lexeme + places,
  );
}

describe('searchDocument', () => {
  it('has words with their places, and their pieces', () => {
    const found = lexemes({ text: 'The cats, the' }).filter((lexeme) => !lexeme.startsWith('@'));
    expect(found).toEqual(['the:1,3', 'cats:2', '=the', '=cat', '=ats']);
  });

  it('has characters and pairs of what is written without spaces', () => {
    const found = lexemes({ text: 'x手机号' }).filter((lexeme) => !lexeme.startsWith('@'));
    expect(found).toEqual(['x:1', '=手', '=机', '=号', '=手机', '=机号']);
  });

  it('has tags for what narrows a search', () => {
    const tags = lexemes({ text: 'see https://parley.example', isReply: true }).filter((lexeme) =>
      lexeme.startsWith('@'),
    );
    expect(tags).toEqual([
      '@3',
      '@t00000000000a',
      '@c00000000000b',
      expect.stringMatching(/^@u/),
      expect.stringMatching(/^@0\.\d+$/),
      expect.stringMatching(/^@1\.\d+$/),
      expect.stringMatching(/^@2\.\d+$/),
      expect.stringMatching(/^@3\.\d+$/),
      '@link',
      '@reply',
    ]);
    expect(lexemes({ at: new Date(now.getTime() + 1) })).toContain('@future');
  });

  it('is bounded for the largest text, and made in a moment', () => {
    let seed = 1;
    const random = (): string => String.fromCodePoint(97 + ((seed = (seed * 48_271) % 2_147_483_647) % 26));
    const text = Array.from({ length: limits.messageTextMaxBytes }, random).join('');
    const startedAt = performance.now();
    const found = lexemes({ text });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(found.length).toBeLessThan(24_000);
    expect(Math.max(...found.map((lexeme) => lexeme.length))).toBeLessThan(100);
  });

  it('has every piece of every part of a text, so that whatever fits is found', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'C', ' ', '手', '机', '𠮷', 'ー', '-', 'ä') });
    fc.assert(
      fc.property(text, text, (said, q) => {
        const query = parseSearch(q);
        if (searchMatch(query, said) === null) return;
        const pieces = new Set(runsOf(fold(said)).flatMap(gramsOf));
        const fitting = query.some(({ all }) =>
          all.every(
            (term) => !('part' in term) || term.runs.flatMap(gramsToFind).every((piece) => pieces.has(piece)),
          ),
        );
        expect(fitting).toBe(true);
      }),
    );
  });
});
