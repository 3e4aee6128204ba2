import { assertScope, requireUser, type Actor } from '@parley/platform/auth';

/** Presence is seen by a user, and set for it: a server key acts for one. @throws AppError `actor.required`, `scope.missing` */
export function assertMayUsePresence(actor: Actor): string {
  assertScope(actor, 'users');
  return requireUser(actor);
}
