import type { ErrorObject } from 'ajv';
import type { ErrorIssue } from '@parley/contracts/wire';
import { joinPath, said } from './issues';

const typeNames: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

/** An error of ajv as a sentence about a field. */
export function ajvIssue(error: ErrorObject): ErrorIssue {
  const path = error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return { path: joinPath(path, String(params.missingProperty)), message: said.required };
    case 'additionalProperties':
      return { path: joinPath(path, String(params.additionalProperty)), message: said.unknown };
    default:
      return { path, message: sentence(error, params) };
  }
}

function sentence({ keyword, parentSchema }: ErrorObject, params: Record<string, unknown>): string {
  switch (keyword) {
    case 'type':
      return `must be ${typeName(params.type)}`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'pattern':
      return String(parentSchema?.patternMessage);
    case 'minimum':
      return `must not be less than ${String(params.limit)}`;
    case 'maximum':
      return `must not be greater than ${String(params.limit)}`;
    case 'minItems':
      return `must contain at least ${String(params.limit)}`;
    case 'maxItems':
      return `must contain at most ${String(params.limit)}`;
    default:
      return typeof params.said === 'string' ? params.said : 'is not valid';
  }
}

function typeName(type: unknown): string {
  const [first] = Array.isArray(type) ? (type as unknown[]) : String(type).split(',');
  return typeNames[String(first)] ?? 'of another type';
}
