import type { BanView } from '@parley/contracts/wire';

/** What both kinds of ban, from a conversation and from the tenant, have in the database. */
interface BanRow {
  userId: string;
  reason: string | null;
  at: Date;
  until: Date | null;
  byUser: string | null;
  byKey: string | null;
}

/** Bans that hold at this moment, as a condition: one whose end has passed is none. */
export function activeBans(): { OR: { until: null | { gt: Date } }[] } {
  return { OR: [{ until: null }, { until: { gt: new Date() } }] };
}

export function banView({ userId, reason, at, until, byUser, byKey }: BanRow): BanView {
  return {
    userId,
    reason,
    at: at.toISOString(),
    until: until?.toISOString() ?? null,
    by: { userId: byUser, keyId: byKey },
  };
}
