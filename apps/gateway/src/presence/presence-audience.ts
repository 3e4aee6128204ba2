import { Injectable } from '@nestjs/common';
import type { PresenceNews } from '@parley/contracts/internal';
import type { PresenceView } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { PresenceStore, presenceTimes, type PresenceReading } from '@parley/platform/realtime';
import { absentView, presenceView, type Sighting } from '@parley/domain/presence';
import type { Connection } from '../connections/connection';
import { Frame } from '../connections/frame';
import { KeptApart } from '../live/kept-apart';
import { LocalPresence } from './local-presence';
import { WatchList, type Subject } from './watch-list';

/** What all gateways together say of a user is believed so long; it is asked for twice in that time. */
const believedMs = 2 * presenceTimes.renewEveryMs;

/** Those who watch others by this gateway, and what they know. */
@Injectable()
export class PresenceAudience {
  readonly watches = new WatchList<Connection>();
  private readonly dirty = new Set<Subject<Connection>>();
  /** Connections that are told nothing while it is found out what they may see still. */
  private readonly held = new Set<Connection>();

  constructor(
    private readonly local: LocalPresence,
    private readonly store: PresenceStore,
    private readonly clock: Clock,
    private readonly apart: KeptApart,
  ) {
    const touch = (tenantId: string, userId: string): void => {
      const subject = this.watches.get(tenantId, userId);
      if (subject !== undefined) this.dirty.add(subject);
    };
    const listener = (tenantId: string, { userId }: { userId: string }): void => touch(tenantId, userId);
    local.listen({ here: listener, gone: listener });
    apart.onChanged((tenantId, viewerId, userId) => this.tellApart(tenantId, viewerId, userId));
  }

  /** What all gateways together found. */
  hear({ tenantId, users }: PresenceNews): void {
    for (const { userId, status, lastSeenAt } of users) {
      const subject = this.watches.get(tenantId, userId);
      if (subject === undefined) continue;
      subject.shared = { status, at: this.clock.monotonicMs() };
      subject.lastSeenAt = Math.max(lastSeenAt ?? 0, subject.lastSeenAt ?? 0) || null;
      this.dirty.add(subject);
    }
  }

  /** From now on the connection watches these for this reason; what they are now is the answer. */
  async watch(
    connection: Connection,
    reason: string,
    sightings: readonly Sighting[],
  ): Promise<PresenceView[]> {
    const { tenantId } = connection.actor;
    const userIds = sightings.map(({ userId }) => userId);
    const subjects = this.watches.set(connection, reason, tenantId, userIds);
    sightings.forEach(({ lastSeenAt }, index) => {
      const subject = subjects[index];
      if (subject === undefined) return;
      subject.lastSeenAt = Math.max(lastSeenAt?.getTime() ?? 0, subject.lastSeenAt ?? 0) || null;
    });
    await this.read(
      tenantId,
      subjects.filter(({ shared }) => shared === undefined),
    );
    return subjects.map((subject) => {
      // Who asks has it by the answer; the others must not miss what it says.
      if (subject.told !== undefined) this.tellChange(subject);
      subject.told = this.viewOf(subject).status;
      return this.viewFor(connection, subject);
    });
  }

  /** Asks anew what all gateways say of everybody who is watched, and forgets what is too old. */
  async refresh(): Promise<void> {
    for (const [tenantId, subjects] of this.watches.byTenant()) await this.read(tenantId, subjects);
    const now = this.clock.monotonicMs();
    for (const subjects of this.watches.byTenant().values()) {
      for (const subject of subjects) {
        if (subject.shared === undefined || now - subject.shared.at < believedMs) continue;
        subject.shared = undefined;
        this.dirty.add(subject);
      }
    }
  }

  /** A user that went from here a while ago: without Redis nobody else says so. */
  touch(tenantId: string, userId: string, lastSeenAt: number): void {
    const subject = this.watches.get(tenantId, userId);
    if (subject === undefined) return;
    if (!this.store.isReady) subject.lastSeenAt = Math.max(subject.lastSeenAt ?? 0, lastSeenAt);
    this.dirty.add(subject);
  }

  /** Until `release` the connection hears of nobody. */
  hold(connection: Connection): void {
    this.held.add(connection);
  }

  /** Those whom it may no longer see look to it as if they had gone. */
  release(connection: Connection, mayNotSee: readonly Subject<Connection>[]): void {
    this.held.delete(connection);
    for (const subject of mayNotSee) {
      this.watches.remove(connection, subject);
      this.tell([connection], absentView(subject.userId));
    }
    for (const subject of this.watches.of(connection)) {
      this.tell([connection], this.viewFor(connection, subject));
    }
  }

  drop(connection: Connection): void {
    this.held.delete(connection);
    this.watches.drop(connection);
  }

  /** Tells the watchers what has changed since the last time. */
  flush(): void {
    const dirty = [...this.dirty];
    this.dirty.clear();
    for (const subject of dirty) this.tellChange(subject);
  }

  private tellChange(subject: Subject<Connection>): void {
    const view = this.viewOf(subject);
    if (view.status === subject.told) return;
    subject.told = view.status;
    const watchers = [...subject.watchers.keys()].filter((watcher) => !this.areApart(watcher, subject));
    this.tell(watchers, view);
  }

  /** A block came between the two, or went: to who watches, the other goes or comes. */
  private tellApart(tenantId: string, viewerId: string, userId: string): void {
    const subject = this.watches.get(tenantId, userId);
    // Who is not here looks alike before and after: nothing must say that something happened.
    if (subject === undefined || this.viewOf(subject).status === 'offline') return;
    for (const watcher of subject.watchers.keys()) {
      if (watcher.actor.userId === viewerId) this.tell([watcher], this.viewFor(watcher, subject));
    }
  }

  private areApart({ actor }: Connection, { tenantId, userId }: Subject<Connection>): boolean {
    return this.apart.areApart(tenantId, actor.userId, userId);
  }

  private viewFor(watcher: Connection, subject: Subject<Connection>): PresenceView {
    return this.areApart(watcher, subject) ? absentView(subject.userId) : this.viewOf(subject);
  }

  private viewOf({ tenantId, userId, shared, lastSeenAt }: Subject<Connection>): PresenceView {
    const alone = !this.store.isReady;
    const here = this.local.statusOf(tenantId, userId, { alone });
    const invisible = this.local.user(tenantId, userId)?.invisible === true;
    const elsewhere = shared === undefined || shared.status === 'offline' ? here : shared.status;
    return presenceView(userId, invisible ? 'offline' : elsewhere, lastSeenAt);
  }

  private tell(watchers: Iterable<Connection>, view: PresenceView): void {
    const frame = Frame.of('presence.updated', view);
    for (const watcher of watchers) {
      if (!this.held.has(watcher)) watcher.sendLossy(`presence ${view.userId}`, frame);
    }
  }

  private async read(tenantId: string, subjects: readonly Subject<Connection>[]): Promise<void> {
    if (subjects.length === 0 || !this.store.isReady) return;
    // While Redis does not answer, what is known holds for a while.
    const reading = await this.store
      .read(
        tenantId,
        subjects.map(({ userId }) => userId),
      )
      .catch((): PresenceReading => ({ complete: false, users: [] }));
    const at = this.clock.monotonicMs();
    reading.users.forEach(({ status, present }, index) => {
      const subject = subjects[index];
      // After Redis lost everything, who is not there may only not have been renewed yet.
      if (subject === undefined || (!present && !reading.complete)) return;
      if (subject.shared?.status !== status) this.dirty.add(subject);
      subject.shared = { status, at };
    });
  }
}
