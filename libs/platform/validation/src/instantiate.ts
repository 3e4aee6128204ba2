import type { ErrorIssue } from '@parley/contracts/wire';
import { knownFieldsOf, nestedTypeOf, nullableFieldsOf, type DtoClass } from './dto-metadata';
import { joinPath, said } from './issues';

/**
 * A plain value as an instance of its class, nested classes included, for class-validator. Not by class-transformer,
 * which drops keys like `__proto__` and `constructor` unseen and walks free JSON to any depth. Two things are held here since
 * class-validator does not: unknown fields (it takes `constructor` and `toString` for known ones), and what is no object
 * where one belongs (it passes over null and looks into lists).
 */
export function instantiate(
  dto: DtoClass,
  plain: unknown,
  path: string,
  issues: ErrorIssue[],
): object | undefined {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    issues.push({ path, message: said.object });
    return undefined;
  }
  const known = knownFieldsOf(dto);
  const instance: Record<string, unknown> = new dto() as Record<string, unknown>;
  for (const [key, value] of Object.entries(plain)) {
    if (known.has(key)) instance[key] = fieldValue(dto, key, value, joinPath(path, key), issues);
    else issues.push({ path: joinPath(path, key), message: said.unknown });
  }
  return instance;
}

function fieldValue(dto: DtoClass, key: string, value: unknown, path: string, issues: ErrorIssue[]): unknown {
  const nested = nestedTypeOf(dto, key);
  if (nested === undefined || value === undefined) return value;
  if (value === null && nullableFieldsOf(dto).includes(key)) return value;
  if ((nested.type as unknown) === Number) return numberOf(value);
  if (!nested.list) return instantiate(nested.type, value, path, issues);
  if (!Array.isArray(value)) {
    issues.push({ path, message: said.list });
    return undefined;
  }
  return value.map((item, index) => instantiate(nested.type, item, joinPath(path, index), issues));
}

// Queries arrive as text. Number() would also read '0x10', '1e3', '' and lists of one.
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
}
