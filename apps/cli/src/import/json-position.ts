/** A place in a text as an editor counts it. */
interface TextPosition {
  line: number;
  column: number;
}

type Expected = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'next' | 'end';

interface Walk {
  expected: Expected;
  /** The brackets that close what is open. */
  open: ('}' | ']')[];
}

const space = /[ \t\r\n]*/y;
const stringPiece = /[ !#-[\]-\uffff]{1,4096}|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where a text that is no JSON stops being JSON. V8's own messages name the offset for some mistakes only, so this walks
 * the text again; it is called after JSON.parse has failed.
 */
export function jsonErrorPosition(text: string): TextPosition {
  const before = text.slice(0, errorOffset(text));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

function errorOffset(text: string): number {
  const walk: Walk = { expected: 'value', open: [] };
  let at = matchLength(space, text, 0);
  while (at < text.length) {
    const length = step(walk, text, at);
    if (length === 0) return at;
    at += length;
    at += matchLength(space, text, at);
  }
  return at;
}

/** Takes the next piece and says how long it is; 0: what stands here is not expected here. */
function step(walk: Walk, text: string, at: number): number {
  const char = text.charAt(at);
  switch (walk.expected) {
    case 'first-item':
      return char === ']' ? close(walk) : takeValue(walk, text, at);
    case 'value':
      return takeValue(walk, text, at);
    case 'first-key':
      return char === '}' ? close(walk) : takeKey(walk, text, at);
    case 'key':
      return takeKey(walk, text, at);
    case 'colon':
      return char === ':' ? expect(walk, 'value') : 0;
    case 'next':
      if (char === ',') return expect(walk, walk.open.at(-1) === '}' ? 'key' : 'value');
      return char === walk.open.at(-1) ? close(walk) : 0;
    case 'end':
      return 0;
  }
}

function takeValue(walk: Walk, text: string, at: number): number {
  const char = text.charAt(at);
  if (char === '{' || char === '[') {
    walk.open.push(char === '{' ? '}' : ']');
    return expect(walk, char === '{' ? 'first-key' : 'first-item');
  }
  walk.expected = walk.open.length === 0 ? 'end' : 'next';
  return char === '"' ? stringLength(text, at) : matchLength(literal, text, at);
}

function takeKey(walk: Walk, text: string, at: number): number {
  walk.expected = 'colon';
  return text.charAt(at) === '"' ? stringLength(text, at) : 0;
}

function close(walk: Walk): number {
  walk.open.pop();
  return expect(walk, walk.open.length === 0 ? 'end' : 'next');
}

function expect(walk: Walk, expected: Expected): 1 {
  walk.expected = expected;
  return 1;
}

// Piece by piece, each of bounded length: a pattern that takes a whole long string runs out of stack.
function stringLength(text: string, at: number): number {
  let end = at + 1;
  for (let length = 1; length > 0; end += length) length = matchLength(stringPiece, text, end);
  return text.charAt(end) === '"' ? end + 1 - at : 0;
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
