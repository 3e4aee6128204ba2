import { reactionKeyPattern } from './reaction.types';

describe('reactionKeyPattern', () => {
  it.each(['+1', 'party_parrot', 'a', 'x'.repeat(64), '1'])('takes the name %s', (key) => {
    expect(reactionKeyPattern.test(key)).toBe(true);
  });

  it.each(['👍', '👍🏽', '❤️', '❤', '🇩🇪', '5️⃣', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🧑🏿‍🚀', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🤷🏼‍♀️', '☑️'])(
    'takes the emoji %s',
    (key) => {
      expect(reactionKeyPattern.test(key)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    'Thumbs',
    'a b',
    'x'.repeat(65),
    '👍👍',
    '👍a',
    '\u0000',
    '\ud83d',
    '__proto__!',
    'ä',
    '\u200d',
    '\ufe0f',
    `👍${'\u200d👍'.repeat(40)}`,
  ])('refuses %j', (key) => {
    expect(reactionKeyPattern.test(key)).toBe(false);
  });
});
