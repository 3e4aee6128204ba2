import { AppError } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';

/** Admins of the tenant, and server keys with the scope. @throws AppError `permission.denied`, `scope.missing` */
export function assertMayReadAudit(actor: Actor): void {
  if (actor.kind === 'server') assertScope(actor, 'audit');
  else if (actor.role !== 'admin') throw new AppError('permission.denied');
}
