import type { CreateKeyDto } from '@parley/contracts/dto';
import { AppError } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';

/**
 * Keys are managed with a server key of scope `keys`, which is therefore as much as all scopes: it can make what it lacks.
 * @throws AppError `permission.denied`, `scope.missing`
 */
export function assertMayManageKeys(actor: Actor): void {
  if (actor.kind !== 'server') throw new AppError('permission.denied');
  assertScope(actor, 'keys');
}

const ofSigningKeys = ['jwksUrl', 'issuer', 'audience'] as const;

/** @throws AppError `request.invalid` where a field is of the other kind of key */
export function assertFitsKind(input: CreateKeyDto): void {
  const foreign = input.kind === 'signing' ? (['scopes'] as const) : ofSigningKeys;
  const issues = foreign
    .filter((field) => input[field] !== undefined)
    .map((path) => ({ path, message: `is not for ${input.kind} keys` }));
  if (issues.length > 0) throw new AppError('request.invalid', { issues });
}
