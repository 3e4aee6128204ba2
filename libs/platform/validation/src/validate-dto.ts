import { validateSync, type ValidationError } from 'class-validator';
import type { ErrorIssue } from '@parley/contracts/wire';
import type { DtoClass } from './dto-metadata';
import { instantiate } from './instantiate';
import { joinPath, said, tidyIssues } from './issues';

export type Validated<T> = { ok: true; value: T } | { ok: false; issues: ErrorIssue[] };

/**
 * Validates a REST body or query by class-validator and gives it as an instance of its class. Only fields that say
 * `@Type(() => Number)` are converted, from text; unknown fields are refused on every level.
 */
export function validateDto<T extends object>(dto: DtoClass<T>, plain: unknown): Validated<T> {
  const shape: ErrorIssue[] = [];
  const instance = instantiate(dto, plain, '', shape);
  const errors = instance === undefined ? [] : validateSync(instance, validatorOptions);
  const issues = tidyIssues([...shape, ...errors.flatMap((error) => issuesOf(error, ''))]);
  return issues.length === 0 ? { ok: true, value: instance as T } : { ok: false, issues };
}

const validatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: true },
};

function issuesOf(error: ValidationError, parent: string): ErrorIssue[] {
  const path = joinPath(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([name, message]) => ({
    path,
    message: sentence(name, message, error),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => issuesOf(child, path))];
}

function sentence(constraint: string, message: string, error: ValidationError): string {
  if (constraint === 'whitelistValidation') return said.unknown;
  if (error.value === undefined) return said.required;
  if (constraint === 'nestedValidation') return said.object;
  const field = `${error.property} `;
  return message.startsWith(field) ? message.slice(field.length) : message;
}
