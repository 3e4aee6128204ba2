import type { PresenceView } from '@parley/contracts/wire';
import type { SeenStatus } from '@parley/platform/realtime';

/** A user whom somebody here watches. */
export interface Subject<C> {
  tenantId: string;
  userId: string;
  /** What all gateways together say, and when they did; undefined: not known (any more). */
  shared: { status: SeenStatus; at: number } | undefined;
  /** Milliseconds since the epoch, or null. */
  lastSeenAt: number | null;
  /** What its watchers were told last. */
  told: PresenceView['status'] | undefined;
  /** How many of a connection's reasons it is watched for. */
  watchers: Map<C, number>;
}

/** Who watches whom, and for which reasons. A data structure alone. */
export class WatchList<C> {
  private readonly subjects = new Map<string, Subject<C>>();
  private readonly byConnection = new Map<C, Map<string, Set<Subject<C>>>>();

  get(tenantId: string, userId: string): Subject<C> | undefined {
    return this.subjects.get(keyOf(tenantId, userId));
  }

  /** From now on the connection watches these for this reason, and no others. */
  set(connection: C, reason: string, tenantId: string, userIds: readonly string[]): Subject<C>[] {
    const reasons = this.byConnection.get(connection) ?? new Map<string, Set<Subject<C>>>();
    const before = reasons.get(reason) ?? new Set();
    const after = new Set(userIds.map((userId) => this.subject(tenantId, userId)));
    for (const subject of after) if (!before.has(subject)) count(subject, connection, 1);
    reasons.set(reason, after);
    for (const subject of before) if (!after.has(subject)) this.uncount(subject, connection);
    if (after.size === 0) reasons.delete(reason);
    if (reasons.size > 0) this.byConnection.set(connection, reasons);
    else this.byConnection.delete(connection);
    return [...after];
  }

  /** Whom the connection watches. */
  of(connection: C): Subject<C>[] {
    const reasons = this.byConnection.get(connection)?.values() ?? [];
    return [...new Set([...reasons].flatMap((subjects) => [...subjects]))];
  }

  /** The connection no longer watches this one, for whatever reason it did. */
  remove(connection: C, subject: Subject<C>): void {
    const reasons = this.byConnection.get(connection);
    for (const [reason, subjects] of reasons ?? []) {
      if (subjects.delete(subject)) this.uncount(subject, connection);
      if (subjects.size === 0) reasons?.delete(reason);
    }
    if (reasons?.size === 0) this.byConnection.delete(connection);
  }

  drop(connection: C): void {
    for (const subject of this.of(connection)) this.remove(connection, subject);
  }

  /** All who are watched, by tenant. */
  byTenant(): Map<string, Subject<C>[]> {
    const tenants = new Map<string, Subject<C>[]>();
    for (const subject of this.subjects.values()) {
      const subjects = tenants.get(subject.tenantId);
      if (subjects === undefined) tenants.set(subject.tenantId, [subject]);
      else subjects.push(subject);
    }
    return tenants;
  }

  private subject(tenantId: string, userId: string): Subject<C> {
    const key = keyOf(tenantId, userId);
    let subject = this.subjects.get(key);
    if (subject === undefined) {
      subject = {
        tenantId,
        userId,
        shared: undefined,
        lastSeenAt: null,
        told: undefined,
        watchers: new Map(),
      };
      this.subjects.set(key, subject);
    }
    return subject;
  }

  private uncount(subject: Subject<C>, connection: C): void {
    count(subject, connection, -1);
    if (subject.watchers.size === 0) this.subjects.delete(keyOf(subject.tenantId, subject.userId));
  }
}

function count<C>({ watchers }: Subject<C>, connection: C, by: 1 | -1): void {
  const reasons = (watchers.get(connection) ?? 0) + by;
  if (reasons > 0) watchers.set(connection, reasons);
  else watchers.delete(connection);
}

// A tenant id has a fixed form, so that no pair of ids reads like another pair.
function keyOf(tenantId: string, userId: string): string {
  return `${tenantId} ${userId}`;
}
