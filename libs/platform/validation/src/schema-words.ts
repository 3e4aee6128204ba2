import {
  ARRAY_UNIQUE,
  IS_ISO8601,
  IS_URL,
  MATCHES,
  MAX,
  MAX_LENGTH,
  MIN,
  ValidationTypes,
  getMetadataStorage,
  type ValidationArguments,
} from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';
import { constraints } from '@parley/contracts/dto';
import { nestedTypeOf, type DtoClass } from './dto-metadata';
import type { CheckerSchema } from './json-schema.types';

type Converter = (meta: ValidationMetadata) => CheckerSchema;

/** A decorator's own test, called by the checker: what it means exactly, JSON Schema cannot say. */
function ownTest(
  name: string,
  type: string,
  message: (meta: ValidationMetadata) => string,
): [string, Converter] {
  return [
    name,
    (meta) => {
      const [constraint] = getMetadataStorage().getTargetValidatorConstraints(meta.constraintCls);
      if (constraint === undefined) throw new TypeError(`${name} has no test`);
      const { instance } = constraint;
      const args = { constraints: meta.constraints, property: meta.propertyName } as ValidationArguments;
      const test = (value: unknown): boolean => instance.validate(value, { ...args, value }) === true;
      return { type, rules: { [name]: { test, message: message(meta) } } };
    },
  ];
}

/** The author's sentence of a decorator, without the field's name. */
function ownMessage(meta: ValidationMetadata): string | undefined {
  return typeof meta.message === 'string' ? meta.message.replace(/^\$property /, '') : undefined;
}

/**
 * How metadata becomes words of a checker where the converter's own answer is missing or says less than class-validator
 * does: the bounds of a number must not widen `integer` to `number`, and text is tested by the decorators themselves.
 */
export function schemaWords(schemaOfNested: (dto: DtoClass) => CheckerSchema): Record<string, Converter> {
  return {
    [ValidationTypes.NESTED_VALIDATION]: (meta) => {
      const nested = nestedTypeOf(meta.target as DtoClass, meta.propertyName);
      if (nested === undefined) throw new TypeError(`${meta.propertyName} is nested and has no @Type`);
      return schemaOfNested(nested.type);
    },
    [MIN]: (meta) => ({ minimum: meta.constraints[0] as number }),
    [MAX]: (meta) => ({ maximum: meta.constraints[0] as number }),
    [MATCHES]: (meta) => {
      const pattern = meta.constraints[0] as RegExp;
      return {
        type: 'string',
        pattern: pattern.source,
        patternMessage: ownMessage(meta) ?? `must match ${pattern.source}`,
      };
    },
    ...Object.fromEntries([
      ownTest(MAX_LENGTH, 'string', (meta) => `must be at most ${String(meta.constraints[0])} characters`),
      ownTest(IS_URL, 'string', () => 'must be a URL'),
      ownTest(IS_ISO8601, 'string', () => 'must be an ISO 8601 time'),
      ownTest(ARRAY_UNIQUE, 'array', () => 'must not contain the same twice'),
      ...constraints.map(({ keyword }): [string, Converter] => [
        keyword,
        (meta) => ({ [keyword]: meta.constraints[0] as unknown }),
      ]),
    ]),
  };
}
