import { jsonErrorPosition } from './json-position';

describe('jsonErrorPosition', () => {
  it.each([
    ['', 1, 1],
    ['[{"a": abc}]', 1, 8],
    ['[\n  {"ts": "1"},\n  {"ts": "2",}\n]', 3, 14],
    ['[{"a": 1} {"b": 2}]', 1, 11],
    ['[1, 2', 1, 6],
    ['{"a" 1}', 1, 6],
    ['["unclosed]', 1, 2],
    ['["a\u0000b"]', 1, 2],
    ['[1]]', 1, 4],
    ['[1}', 1, 3],
    ['[01]', 1, 3],
    ['{1: 2}', 1, 2],
  ])('finds where %j stops being JSON', (text, line, column) => {
    expect(() => void JSON.parse(text)).toThrow();
    expect(jsonErrorPosition(text)).toEqual({ line, column });
  });

  it('passes over very long strings', () => {
    const long = `["${'a'.repeat(40_000_000)}\\n" 1]`;
    expect(jsonErrorPosition(long)).toEqual({ line: 1, column: long.length - 1 });
  });

  it('stays fast and shallow on deep nesting', () => {
    const deep = '['.repeat(200_000);
    expect(jsonErrorPosition(deep)).toEqual({ line: 1, column: 200_001 });
  });
});
