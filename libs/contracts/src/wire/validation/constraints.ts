/**
 * Rules that JSON Schema has no word for. They are written once here: the class-validator decorators call them on REST,
 * and the checkers compiled from the DTOs' JSON Schema know them as keywords of the same names.
 */
export interface Constraint<P = unknown> {
  readonly keyword: string;
  readonly check: (value: unknown, parameter: P) => boolean;
  readonly describe: (parameter: P) => string;
}

// Null bytes cannot be stored as text, and a lone surrogate is no Unicode text at all.
function isStorableText(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

function isStorableJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || depth === 0) return false;
  return Object.entries(value).every(([key, item]) => isStorableText(key) && isStorableJson(item, depth - 1));
}

/** Text of at most so many UTF-8 bytes, without null bytes and lone surrogates. */
export const maxUtf8Bytes: Constraint<number> = {
  keyword: 'maxUtf8Bytes',
  check: (value, max) =>
    typeof value === 'string' &&
    isStorableText(value) &&
    (value.length * 3 <= max || Buffer.byteLength(value) <= max),
  describe: (max) => `must be text of at most ${max} bytes in UTF-8, without null bytes or lone surrogates`,
};

export interface JsonObjectBounds {
  maxBytes: number;
  maxDepth: number;
}

/** A JSON object of bounded size and depth, whose strings can be stored. */
export const boundedJson: Constraint<JsonObjectBounds> = {
  keyword: 'boundedJson',
  check: (value, { maxBytes, maxDepth }) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    isStorableJson(value, maxDepth) &&
    Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
  describe: ({ maxBytes, maxDepth }) =>
    `must be an object of at most ${maxBytes} bytes of JSON and ${maxDepth} levels, without null bytes or lone surrogates`,
};

/** A tuple [conversationId, seq], as `sync` takes them. */
export const syncCursor: Constraint<boolean> = {
  keyword: 'syncCursor',
  check: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    uuidPattern.test(value[0]) &&
    Number.isSafeInteger(value[1]) &&
    (value[1] as number) >= 0,
  describe: () => 'must be [conversationId, seq]',
};

/** A map of conversation ids to seqs. */
export const seqMap: Constraint<number> = {
  keyword: 'seqMap',
  check: (value, max) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= max &&
    Object.entries(value).every((entry) => syncCursor.check(entry, true)),
  describe: (max) => `must map at most ${max} conversation ids to seqs`,
};

/** An object with one of these fields, and no second one; whether it is an object at all, others say. */
export const hasOneOf: Constraint<readonly string[]> = {
  keyword: 'hasOneOf',
  check: (value, names) =>
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    names.filter((name) => (value as Record<string, unknown>)[name] !== undefined).length === 1,
  describe: (names) => `must have exactly one of ${names.join(', ')}`,
};

/** Every keyword, for the compiled checkers. */
export const constraints: readonly Constraint<never>[] = [
  maxUtf8Bytes,
  boundedJson,
  syncCursor,
  seqMap,
  hasOneOf,
];

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// Visible text only: control characters in an id would forge log lines and terminal output.
export const userIdPattern = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u;
