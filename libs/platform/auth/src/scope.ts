import { AppError, type KeyScope, type OperatorScope } from '@parley/contracts/wire';
import type { Actor, OperatorActor } from './actor';

/** A server key must have the scope, for a user too; users are not held by it. @throws AppError `scope.missing` */
export function assertScope(actor: Actor, scope: KeyScope): void {
  if (actor.kind === 'server' && !actor.scopes.includes(scope)) throw new AppError('scope.missing');
}

/**
 * The user that a request is of: the token's, or the one that a server key acts for.
 * @throws AppError `actor.required`
 */
export function requireUser(actor: Actor): string {
  if (actor.userId === null) throw new AppError('actor.required');
  return actor.userId;
}

/** @throws AppError `scope.missing` */
export function assertOperatorScope(operator: OperatorActor, scope: OperatorScope): void {
  if (!operator.scopes.includes(scope)) throw new AppError('scope.missing');
}
