import { IS_ISO8601, IS_URL, ARRAY_UNIQUE } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { nullableFieldsOf, type DtoClass } from './dto-metadata';
import type { CheckerSchema, JsonSchema } from './json-schema.types';
import { schemaWords } from './schema-words';

/** The class as the schema of a checker: no unknown fields on any level, nested classes in place. */
export function checkerSchemaOf(dto: DtoClass): CheckerSchema {
  const schema = targetConstructorToSchema(dto, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: schemaWords(checkerSchemaOf) as never,
  }) as CheckerSchema;
  for (const property of nullableFieldsOf(dto)) {
    const words = schema.properties?.[property];
    if (words !== undefined) words.nullable = true;
  }
  return { ...schema, additionalProperties: false };
}

/**
 * The class as JSON Schema (2020-12) for documents: what the checkers test in code is said by the nearest word that JSON
 * Schema has, and by a description.
 */
export function schemaOf(dto: DtoClass): JsonSchema {
  return documented(checkerSchemaOf(dto));
}

function documented(schema: CheckerSchema): JsonSchema {
  const { properties, items, nullable, patternMessage, rules, maxUtf8Bytes, hasOneOf } = schema;
  const words: JsonSchema = {};
  for (const word of plainWords)
    if (schema[word] !== undefined) Object.assign(words, { [word]: schema[word] });
  if (typeof schema.type === 'string' && nullable === true) words.type = [schema.type, 'null'];
  if (properties !== undefined) words.properties = mapValues(properties, documented);
  if (items !== undefined) words.items = documented(items);
  // A character takes at least one byte, so the bound in bytes is a bound in characters, too.
  if (maxUtf8Bytes !== undefined) words.maxLength = maxUtf8Bytes;
  if (hasOneOf !== undefined) words.oneOf = hasOneOf.map((name) => ({ required: [name] }));
  for (const name of Object.keys(rules ?? {})) Object.assign(words, ruleWords[name]);
  const said = [patternMessage, ...Object.values(rules ?? {}).map(({ message }) => message)].filter(Boolean);
  if (words.description === undefined && said.length > 0) words.description = said.join('; ');
  return words;
}

const plainWords = [
  'type',
  'required',
  'additionalProperties',
  'enum',
  'pattern',
  'format',
  'description',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
] as const satisfies readonly (keyof JsonSchema)[];

const ruleWords: Record<string, JsonSchema> = {
  [IS_URL]: { format: 'uri' },
  [IS_ISO8601]: { format: 'date-time' },
  [ARRAY_UNIQUE]: { uniqueItems: true },
};

function mapValues<A, B>(record: Record<string, A>, fn: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fn(value)]));
}
