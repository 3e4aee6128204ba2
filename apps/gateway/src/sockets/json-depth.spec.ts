import fc from 'fast-check';
import { isDeeperThan } from './json-depth';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('isDeeperThan', () => {
  it('agrees with the parsed value, whatever its strings hold', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'a') });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }));
    fc.assert(
      fc.property(value, fc.nat(8), (json, max) => {
        expect(isDeeperThan(JSON.stringify(json), max)).toBe(depthOf(json) > max);
      }),
    );
  });

  it('takes its time by the length alone', () => {
    for (const text of ['['.repeat(64_000), `"${'\\'.repeat(64_000)}`, '"\\"'.repeat(20_000), '"'])
      expect(isDeeperThan(text, 16)).toBe(text.startsWith('['));
  });
});
