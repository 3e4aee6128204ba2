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
