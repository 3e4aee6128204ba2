import type { PresenceNews } from '@parley/contracts/internal';
import type { PresenceStatus, PresenceView } from '@parley/contracts/wire';
import type { Departure, PresenceMove } from '@parley/platform/realtime';

/** A last time says something of a user that is gone alone. */
export function presenceView(
  userId: string,
  status: PresenceStatus,
  lastSeenAt: Date | string | number | null,
): PresenceView {
  const gone = status === 'offline' || status === 'invisible';
  return { userId, status, lastSeenAt: gone ? lastSeen(lastSeenAt) : null };
}

/** How somebody looks of whom nothing may be seen. */
export function absentView(userId: string): PresenceView {
  return presenceView(userId, 'offline', null);
}

function lastSeen(at: Date | string | number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** What others are to be told; undefined where they see no difference. */
export function newsOf(
  tenantId: string,
  moves: readonly (PresenceMove | Departure)[],
  /** When they were found. */
  now = Date.now(),
): PresenceNews | undefined {
  const users = moves
    .filter(({ before, after }) => before !== after)
    .map((move) => ({
      userId: move.userId,
      status: move.after,
      lastSeenAt: move.after === 'offline' ? ('seenAt' in move ? move.seenAt : now) : null,
    }));
  return users.length === 0 ? undefined : { tenantId, users };
}
