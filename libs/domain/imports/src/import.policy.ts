import { AppError } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';

/** Only a back end sets original times. @throws AppError `permission.denied`, `scope.missing` */
export function assertMayImport(actor: Actor): void {
  if (actor.kind !== 'server') throw new AppError('permission.denied');
  assertScope(actor, 'imports');
}
