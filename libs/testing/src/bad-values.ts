import fc from 'fast-check';

/** As much of JSON Schema as documents of this product use. */
export interface ValueSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, ValueSchema>;
  items?: ValueSchema | ValueSchema[];
  anyOf?: ValueSchema[];
  allOf?: ValueSchema[];
  enum?: unknown[];
  const?: unknown;
  maxLength?: number;
  maximum?: number;
}

const uuid = '01999999-9999-7999-8999-999999999999';

/** What people send instead of a value: operators, keys of the prototype, numbers at the edges, broken text. */
const foreign: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    2 ** 53,
    -(2 ** 63),
    1e308,
    '',
    ' ',
    '\u0000',
    '\ud800',
    "' OR 1=1 --",
    '../../etc/passwd',
    '%s%n',
    '🙂'.repeat(300),
    'x'.repeat(20_000),
    uuid,
    [],
    [[[[[[[]]]]]]],
    {},
    { $ne: null },
    { not: '' },
    { contains: '', mode: 'insensitive' },
    JSON.parse('{"__proto__":{"role":"admin"}}'),
    JSON.parse('{"constructor":{"prototype":{"role":"admin"}}}'),
    { toString: 1, valueOf: 1 },
    { length: 1e9 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value that mostly fits the schema and somewhere does not; sometimes it fits. */
export function badValue(schema: ValueSchema, resolve: (ref: string) => ValueSchema): fc.Arbitrary<unknown> {
  const fitting = valueOf(schema, resolve);
  return fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: foreign });
}

function valueOf(schema: ValueSchema, resolve: (ref: string) => ValueSchema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valueOf(resolve(schema.$ref), resolve);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.allOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => badValue(choice, resolve)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return objectOf(schema, resolve);
    case 'array':
      return listOf(schema, resolve);
    case 'string':
      return fc.oneof(fc.constant(uuid), fc.string({ maxLength: Math.min(schema.maxLength ?? 40, 40) }));
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: -1, max: schema.maximum ?? 1_000 }), fc.double());
    case 'boolean':
      return fc.boolean();
    default:
      return foreign;
  }
}

function objectOf({ properties = {} }: ValueSchema, resolve: (ref: string) => ValueSchema) {
  const fields = Object.entries(properties).map(([key, field]) => [key, badValue(field, resolve)] as const);
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  const extra = fc.dictionary(fc.constantFrom('__proto__', 'tenantId', 'role', 'constructor'), foreign, {
    maxKeys: 1,
  });
  return fc
    .tuple(known, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }))
    .map(([value, more]): unknown => ({ ...value, ...more }));
}

function listOf({ items }: ValueSchema, resolve: (ref: string) => ValueSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(items)) return fc.tuple(...items.map((item) => badValue(item, resolve)));
  return fc.array(items === undefined ? foreign : badValue(items, resolve), { maxLength: 4 });
}
