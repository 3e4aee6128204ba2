import { AppError, type UserDirectory, type UserRole } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';

/** Everybody in a tenant may see its users; a server key that acts for nobody needs the scope. @throws AppError `scope.missing` */
export function assertMaySeeUsers(actor: Actor): void {
  if (actor.kind === 'server' && actor.userId === null) assertScope(actor, 'users');
}

/** Where the directory is `shared`, members find only those with whom they share a conversation; who moderates finds all. */
export function seesEverybody(actor: Actor, directory: UserDirectory): boolean {
  if (directory === 'everyone') return true;
  return actor.kind === 'server' ? actor.userId === null : actor.role !== 'member';
}

/** Server keys with the scope, and admins of the tenant. @throws AppError `scope.missing`, `permission.denied` */
export function assertMayManageUsers(actor: Actor): void {
  if (actor.kind === 'server') assertScope(actor, 'users');
  else if (actor.role !== 'admin') throw new AppError('permission.denied');
}

/** Oneself, or whoever may manage users. @throws AppError `scope.missing`, `permission.denied` */
export function assertMayChangeUser(actor: Actor, userId: string): void {
  if (actor.kind === 'user' && actor.userId === userId) return;
  assertMayManageUsers(actor);
}

/** Moderators and admins of the tenant, and server keys with the scope. @throws AppError `scope.missing`, `permission.denied` */
export function assertMayModerate(actor: Actor): void {
  if (actor.kind === 'server') assertScope(actor, 'users');
  else if (actor.role === 'member') throw new AppError('permission.denied');
}

/** Nobody bans itself or who stands as high as it does. @throws AppError as `assertMayModerate` */
export function assertMayBanUser(actor: Actor, target: { userId: string; role: UserRole }): void {
  assertMayModerate(actor);
  if (actor.userId === target.userId) throw new AppError('permission.denied');
  if (actor.kind === 'server') return;
  const higher = actor.role === 'admin' ? target.role !== 'admin' : target.role === 'member';
  if (!higher) throw new AppError('permission.denied');
}

/** Server keys with the scope alone: whoever mints a token may be anybody. @throws AppError `scope.missing`, `permission.denied` */
export function assertMayIssueTokens(actor: Actor): void {
  if (actor.kind !== 'server') throw new AppError('permission.denied');
  assertScope(actor, 'tokens');
}
