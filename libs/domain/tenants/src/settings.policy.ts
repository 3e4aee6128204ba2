import { AppError } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';

/** Settings are for server keys of scope `limits`: a tenant's users must not raise their own. @throws AppError `permission.denied`, `scope.missing` */
export function assertMayManageSettings(actor: Actor): void {
  if (actor.kind !== 'server') throw new AppError('permission.denied');
  assertScope(actor, 'limits');
}
