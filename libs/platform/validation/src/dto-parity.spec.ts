import * as dtos from '@parley/contracts/dto';
import type { ErrorIssue } from '@parley/contracts/wire';
import fc from 'fast-check';
import { compileChecker, schemaOf, validateDto, type DtoClass, type JsonSchema } from '.';

const classes = Object.entries(dtos).filter(
  (entry): entry is [string, DtoClass] => entry[0].endsWith('Dto') && typeof entry[1] === 'function',
);

const uuid = '0199f1f2-aaaa-7bbb-8ccc-0123456789ab';
const oddKeys = [
  '__proto__',
  'constructor',
  'prototype',
  '$gt',
  'tenantId',
  'seq',
  'role',
  'sender',
  'toString',
  '',
];

/** Values that like to slip through: wrong types, bounds, operator objects, broken text, lists for objects. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    Number.MAX_SAFE_INTEGER + 2,
    Infinity,
    '',
    ' ',
    'a\u0000b',
    '\ud800',
    'ü'.repeat(9_000),
    'x'.repeat(300),
    '👍\ufe0f'.repeat(1_200),
    uuid,
    uuid.toUpperCase(),
    'https://example.com/a.png',
    'javascript:alert(1)',
    '2026-02-30T00:00:00Z',
    '2026-02-03T00:00:00Z',
    { $gt: '' },
    { length: 1 },
    [],
    [[]],
    [null],
    [{}],
    [uuid, 3],
    [[uuid, 3]],
    { [uuid]: 3 },
    { id: uuid, seq: 1 },
    [{ id: uuid, seq: 1 }],
    [{ userId: 'ann' }, { userId: 'ann', role: 'admin' }],
    [{ userId: 'ann' }, null],
    JSON.parse('{"__proto__": {"admin": true}}'),
    JSON.parse('{"constructor": 1}'),
    { a: { b: { c: { d: { e: 1 } } } } },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const oddField = fc.record({ name: fc.constantFrom(...oddKeys), value: odd });

/** Mostly what the schema asks for, so that the later rules are reached as well. */
function fitting(schema: JsonSchema, oddity: number): fc.Arbitrary<unknown> {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (type) {
    case 'object':
      return objectOf(schema, oddity);
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, oddity), {
        minLength: schema.minItems ?? 0,
        maxLength: 4,
      });
    case 'integer':
      return fc.integer({ min: (schema.minimum ?? 0) - 1, max: Math.min(schema.maximum ?? 500, 500) + 1 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      if (schema.format === 'uri') return fc.constantFrom('https://example.com', uuid);
      if (schema.format === 'date-time')
        return fc.constantFrom('2026-02-03T00:00:00Z', '2026-02-30T00:00:00Z');
      // An id of ours fits into most fields of text.
      return fc.oneof(
        { arbitrary: fc.uuid(), weight: 9 },
        { arbitrary: fc.constantFrom('ann', 'a b\nc'), weight: oddity },
      );
    default:
      return odd;
  }
}

function valueFor(schema: JsonSchema, oddity: number): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(schema, oddity), weight: 20 }, { arbitrary: odd, weight: oddity });
}

function objectOf(schema: JsonSchema, oddity: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, words]) => {
    const required = schema.required?.includes(name) ?? false;
    const field = valueFor(words, oddity).map((value) => ({ name, value }));
    return required && oddity === 0 ? field : fc.option(field, { nil: undefined, freq: required ? 30 : 2 });
  });
  const extra = oddity === 0 ? fc.constant(undefined) : fc.option(oddField, { nil: undefined, freq: 3 });
  return fc.tuple(fc.tuple(...fields), extra).map(([entries, more]) => {
    const object = {};
    // Like JSON.parse: `__proto__` becomes a field of its own.
    for (const field of [...entries, more]) {
      if (field)
        Object.defineProperty(object, field.name, {
          value: field.value,
          enumerable: true,
          configurable: true,
        });
    }
    return object;
  });
}

/** Whether a number is written as text, as queries have it. */
function usesTextConversion(schema: JsonSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, field]) => typeof field === 'string' && schema.properties?.[name]?.type === 'integer',
  );
}

// class-validator does not say which item of a list of plain values is wrong.
function fieldsOf(issues: readonly ErrorIssue[]): string[] {
  return [...new Set(issues.map(({ path }) => path.split('.')[0] ?? ''))].sort();
}

describe('every DTO has one meaning on REST and on sockets (S16, V10)', () => {
  it('finds the DTO classes', () => {
    expect(classes.length).toBeGreaterThan(15);
  });

  it.each(classes)('%s', (name, dto) => {
    const checker = compileChecker(dto);
    const isQuery = name.includes('Query');
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fitting(schemaOf(dto), 0), valueFor(schemaOf(dto), 1)), (value) => {
        // Queries alone read numbers from text; the checkers never see a query.
        if (isQuery && usesTextConversion(schemaOf(dto), value)) return;
        const compiled = checker.check(value);
        const validated = validateDto(dto, value);
        expect({ ok: compiled.length === 0, compiled }).toMatchObject({ ok: validated.ok });
        if (validated.ok) accepted += 1;
        else if (compiled.length < 20) {
          expect(fieldsOf(compiled)).toEqual(fieldsOf(validated.issues));
        }
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});
