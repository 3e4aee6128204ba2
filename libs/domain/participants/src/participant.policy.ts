import { AppError, type ParticipantRole, type PostingMode } from '@parley/contracts/wire';

/** What an actor is in a conversation: a participant's role, or `server` for a server key that acts for nobody. */
export type Standing = ParticipantRole | 'server';

export interface NewParticipant {
  userId: string;
  role: ParticipantRole;
  label: string | null;
}

/** Somebody whom an action is about. */
export interface Target {
  self: boolean;
  role: ParticipantRole;
}

const managedByAdmin: ReadonlySet<ParticipantRole> = new Set(['member', 'guest']);

/** Owners add anybody in any role; admins add members and guests, so that nobody rises by being added. */
export function canAdd(standing: Standing, role: ParticipantRole): boolean {
  switch (standing) {
    case 'server':
    case 'owner':
      return true;
    case 'admin':
      return managedByAdmin.has(role);
    case 'member':
    case 'guest':
      return false;
  }
}

/** Everybody may leave; owners remove anybody, admins anybody but owners. */
export function canRemove(standing: Standing, target: Target): boolean {
  if (target.self) return true;
  switch (standing) {
    case 'server':
    case 'owner':
      return true;
    case 'admin':
      return target.role !== 'owner';
    case 'member':
    case 'guest':
      return false;
  }
}

/** Roles are the owners' affair; a label may be set by admins too, but not on owners. */
export function canUpdate(standing: Standing, target: Target, change: { role: boolean }): boolean {
  switch (standing) {
    case 'server':
    case 'owner':
      return true;
    case 'admin':
      return !change.role && target.role !== 'owner';
    case 'member':
    case 'guest':
      return false;
  }
}

/** Who runs the conversation, and who moderates the tenant and takes part, sees whom it keeps out and lets them in again. */
export function canSeeBans(standing: Standing, moderator: boolean): boolean {
  return moderator || standing === 'server' || standing === 'owner' || standing === 'admin';
}

/** They keep out others; only owners keep out owners. `role` is absent where the user does not take part. */
export function canBan(
  standing: Standing,
  moderator: boolean,
  target: { self: boolean; role: ParticipantRole | undefined },
): boolean {
  if (target.self || !canSeeBans(standing, moderator)) return false;
  return target.role !== 'owner' || standing === 'owner' || standing === 'server';
}

/** An owner hands over what it owns. */
export function canTransfer(standing: Standing): boolean {
  return standing === 'server' || standing === 'owner';
}

/** Who may say something by the conversation's rule: in a new message, which `timeline_send` judges alike, or by an edit. */
export function canPost(standing: Standing, posting: PostingMode): boolean {
  switch (posting) {
    case 'everyone':
      return true;
    case 'admins':
      return standing === 'server' || standing === 'owner' || standing === 'admin';
    case 'nobody':
      return false;
  }
}

/** @throws AppError `permission.denied` */
export function assertAllowed(allowed: boolean): void {
  if (!allowed) throw new AppError('permission.denied');
}

/**
 * People do not leave a conversation behind without an owner; a back end may, it can name another one at any time.
 * @throws AppError `participant.last_owner`
 */
export function assertOwnerRemains(standing: Standing, others: { total: number; owners: number }): void {
  if (standing !== 'server' && others.total > 0 && others.owners === 0)
    throw new AppError('participant.last_owner');
}
