import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { constraints } from '@parley/contracts/dto';
import type { ErrorIssue } from '@parley/contracts/wire';
import { ajvIssue } from './ajv-issue';
import type { DtoClass } from './dto-metadata';
import { checkerSchemaOf } from './dto-schema';
import { tidyIssues } from './issues';
import type { Rule } from './json-schema.types';

/** Tests values against one DTO class. */
export interface Checker {
  /** What is wrong with the value; empty when nothing is. Never throws, never changes the value. */
  check(value: unknown): readonly ErrorIssue[];
}

const nothing: readonly ErrorIssue[] = Object.freeze([]);
// Beyond this a list of all that is wrong costs more than it helps: 32,000 wrong items fit into one frame.
const describeAllBelowNodes = 2_000;

/** Compiles the class's checker; about a millisecond, so do it once, at boot. @throws on metadata that it cannot express */
export function compileChecker(dto: DtoClass): Checker {
  const schema = checkerSchemaOf(dto);
  const first = newAjv(false).compile(schema);
  let all: ValidateFunction | undefined;
  return {
    check(value) {
      if (first(value)) return nothing;
      if (!isSmall(value)) return issuesOf(first);
      all ??= newAjv(true).compile(schema);
      all(value);
      return issuesOf(all);
    },
  };
}

function issuesOf({ errors }: ValidateFunction): ErrorIssue[] {
  return tidyIssues((errors ?? []).map(ajvIssue));
}

function newAjv(allErrors: boolean): Ajv {
  const ajv = new Ajv({ allErrors, verbose: true, strict: true, strictRequired: true, messages: false });
  ajv.addKeyword('patternMessage');
  ajv.addKeyword({
    keyword: 'rules',
    compile: (rules: Record<string, Rule>) => ruleValidator(Object.values(rules)),
  });
  for (const { keyword, check, describe } of constraints) {
    ajv.addKeyword({
      keyword,
      compile: (parameter: unknown) =>
        ruleValidator([
          { test: (value) => check(value, parameter as never), message: describe(parameter as never) },
        ]),
    });
  }
  return ajv;
}

interface RuleValidator {
  (value: unknown): boolean;
  errors?: Partial<ErrorObject>[];
}

function ruleValidator(rules: Rule[]): RuleValidator {
  const validate: RuleValidator = (value) => {
    // Null is for `type` to judge: it passes in nullable fields alone.
    const broken = value === null ? undefined : rules.find(({ test }) => !test(value));
    if (broken === undefined) return true;
    validate.errors = [{ keyword: 'rules', params: { said: broken.message } }];
    return false;
  };
  return validate;
}

function isSmall(value: unknown): boolean {
  let nodes = 0;
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const node = rest.pop();
    if (typeof node !== 'object' || node === null) continue;
    const items: unknown[] = Object.values(node);
    nodes += items.length;
    if (nodes > describeAllBelowNodes) return false;
    rest.push(...items);
  }
  return true;
}
