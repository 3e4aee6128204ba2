import type { BusEvent, MembershipDelta, TailEntry } from '@parley/contracts/internal';
import type { Membership } from '@parley/domain/timeline';
import { AudienceIndex } from './audience-index';
import { HeldEvents } from './held-events';
import { JoinHints } from './join-hints';
import { LocalUser } from './local-users';
import { Sequencer } from './sequencer';
import type { TenantPorts } from './tenant-live.ports';

/** Users of one look-up. */
const loadMaxUsers = 500;
/** Look-ups begin so far apart, in milliseconds, but for the first after a pause: when many come at once, few calls tell of all. */
const loadApartMs = 20;
/** A join that is found this far behind the conversation is not made up for live: its events come by `heads` and `sync`. */
const rewindMaxSeqs = 1_000;
const loadBackoffMs = { first: 100, max: 5_000 } as const;

/**
 * Live delivery of one tenant on one gateway: which local users are members where, and each conversation's order.
 *
 * Users that just connected are looked up together, one look-up at a time. An event that comes while none is under way and
 * whose conversation is not in the index has no local member: it was committed before any later look-up begins, which
 * will see it in the head that it reads. What comes during a look-up is held and applied again after it.
 */
export class TenantLive {
  private readonly index = new AudienceIndex();
  private readonly users = new Map<string, LocalUser>();
  private readonly sequencers = new Map<string, Sequencer>();
  private readonly held = new HeldEvents();
  private hints = new JoinHints();
  private arriving = new Set<LocalUser>();
  private loading = false;
  private loadScheduled = false;
  private loadRests = false;
  private loadFailures = 0;
  private stopped = false;
  /** Membership changes that were delivered during the look-up that is under way. */
  private changes: BusEvent[] = [];

  constructor(private readonly ports: TenantPorts) {}

  get isDeserted(): boolean {
    return this.users.size === 0;
  }

  /** Whether the user has a connection here. */
  has(userId: string): boolean {
    return this.users.has(userId);
  }

  get conversationCount(): number {
    return this.index.conversationCount;
  }

  /** Where a conversation stands for a local member; undefined where the user is none, or not loaded yet. */
  headFor(userId: string, conversationId: string): number | undefined {
    if (this.index.get(conversationId, userId) === undefined) return undefined;
    return this.sequencers.get(conversationId)?.highest;
  }

  /** Whether two local users are known to share a conversation. */
  share(one: string, other: string): boolean {
    return this.index.share(one, other);
  }

  /**
   * One more connection of this user. `onLoaded` is called, once, when everything committed from then on arrives live and
   * everything before is found by `heads` and `sync`. The returned function takes the connection out again.
   */
  enter(userId: string, onLoaded: () => void): () => void {
    const user = this.users.get(userId) ?? this.admit(userId);
    user.connections += 1;
    user.whenLoaded(onLoaded);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      user.forget(onLoaded);
      this.leave(user);
    };
  }

  /** An event that was committed, from this process or from the bus; any order, any number of times. */
  accept(event: BusEvent): void {
    const sequencer = this.sequencers.get(event.conversationId);
    if (sequencer === undefined || event.seq <= sequencer.highest) this.noteJoins(event);
    if (sequencer !== undefined) sequencer.offer(event);
    else if (this.loading || this.hints.has(event.conversationId)) this.held.hold(event);
  }

  /**
   * A conversation is known to stand at `seq`, and these joined it and are members still. What is told during a look-up of
   * a conversation that is not in the index is not held: a tail is told again and again, look-ups are shorter than that.
   */
  note({ conversationId, seq, joined = [] }: Omit<TailEntry, 'tenantId'>): void {
    const sequencer = this.sequencers.get(conversationId);
    sequencer?.noteHead(seq);
    for (const join of joined) {
      // A join that is still ahead in the order adds its member when it is delivered.
      if (sequencer === undefined || join.seq <= sequencer.highest) this.noteJoin(conversationId, join);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const sequencer of this.sequencers.values()) sequencer.stop();
    this.sequencers.clear();
    this.users.clear();
    this.arriving.clear();
  }

  private admit(userId: string): LocalUser {
    const user = new LocalUser(userId);
    this.users.set(userId, user);
    this.arriving.add(user);
    this.scheduleLoad(0);
    return user;
  }

  private leave(user: LocalUser): void {
    user.connections -= 1;
    if (user.connections > 0) return;
    this.users.delete(user.userId);
    this.arriving.delete(user);
    for (const conversationId of this.index.removeUser(user.userId)) this.stopIfDeserted(conversationId);
  }

  // A local user joins a conversation that is not in the index, or did so at a seq that has passed. The event may be old
  // (the user left since), so the look-up decides.
  private noteJoins(event: BusEvent): void {
    const { conversationId, seq, membership } = event;
    for (const { userId } of membership?.joined ?? []) this.noteJoin(conversationId, { userId, seq });
  }

  private noteJoin(conversationId: string, { userId, seq }: { userId: string; seq: number }): void {
    if (!this.users.has(userId) || this.index.get(conversationId, userId) !== undefined) return;
    this.hints.add(conversationId, userId, seq);
    this.scheduleLoad(0);
  }

  private deliver(event: BusEvent, again: boolean): void {
    const { conversationId, seq, membership } = event;
    // What membership a second delivery tells of was taken in by the first, or by the look-up that caused the rewind.
    const changes = again ? undefined : membership;
    for (const joined of changes?.joined ?? []) {
      if (this.users.get(joined.userId)?.loaded) this.join(event, joined.userId, joined.visibleFrom, seq - 1);
    }
    this.ports.deliver(event, this.index.members(conversationId));
    if (changes !== undefined) this.takeIn(event, changes);
    this.stopIfDeserted(conversationId);
  }

  /** What a change means for those who come after it: it was delivered to those who were there. */
  private takeIn(event: BusEvent, { left, reset, ended }: MembershipDelta): void {
    if (left !== undefined) this.depart(event, left);
    if (reset !== undefined) this.reset(event, reset);
    if (ended === true) {
      for (const userId of [...this.index.members(event.conversationId).keys()]) this.depart(event, userId);
    }
    if (this.loading) this.changes.push(event);
  }

  private join({ conversationId, seq }: BusEvent, userId: string, visibleFrom: number, since: number): void {
    const entry = this.index.get(conversationId, userId);
    if (entry !== undefined && entry.asOf >= seq) return;
    this.index.set(conversationId, userId, { visibleFrom, asOf: seq, since: entry?.since ?? since });
  }

  private reset(
    { conversationId, seq }: BusEvent,
    { userId, visibleFrom }: { userId: string; visibleFrom: number },
  ): void {
    const entry = this.index.get(conversationId, userId);
    if (entry === undefined || entry.asOf >= seq) return;
    this.index.set(conversationId, userId, { ...entry, visibleFrom, asOf: seq });
  }

  /** Told of users elsewhere too: somebody here may watch them. */
  private depart(event: BusEvent, userId: string): void {
    this.part(event, userId);
    this.ports.left(event.conversationId, userId);
  }

  private part({ conversationId, seq }: BusEvent, userId: string): void {
    const entry = this.index.get(conversationId, userId);
    if (entry === undefined || entry.asOf >= seq) return;
    this.index.remove(conversationId, userId);
    this.users.get(userId)?.part(conversationId, seq);
  }

  // A deserted sequencer stays while something may still bring it a member: a look-up, which needs its place in the order,
  // or events that are on their way to it, which may be joins.
  private stopIfDeserted(conversationId: string): void {
    if (this.loading || this.index.members(conversationId).size > 0) return;
    const sequencer = this.sequencers.get(conversationId);
    if (sequencer === undefined || !sequencer.isCaughtUp) return;
    sequencer.stop();
    this.sequencers.delete(conversationId);
  }

  private get mustLoad(): boolean {
    return this.arriving.size > 0 || this.hints.size > 0;
  }

  private scheduleLoad(waitMs: number): void {
    if (this.loading || this.loadScheduled || this.stopped) return;
    if (this.loadRests && waitMs === 0) return;
    this.loadScheduled = true;
    this.ports.schedule(() => {
      this.loadScheduled = false;
      if (!this.stopped && this.mustLoad) void this.load();
    }, waitMs);
  }

  private restAfterLoad(): void {
    this.loadRests = true;
    this.ports.schedule(() => {
      this.loadRests = false;
      if (this.mustLoad) this.scheduleLoad(0);
    }, loadApartMs);
  }

  private async load(): Promise<void> {
    this.restAfterLoad();
    const arriving = [...this.arriving].slice(0, loadMaxUsers);
    const hints = this.hints;
    this.hints = new JoinHints();
    this.loading = true;
    let waitMs = 0;
    try {
      const userIds = new Set([...arriving.map(({ userId }) => userId), ...hints.userIds()]);
      const memberships = await this.ports.loadAudience([...userIds]);
      this.loadFailures = 0;
      this.take(memberships, arriving, hints);
    } catch (error) {
      this.hints.merge(hints);
      this.loadFailures += 1;
      waitMs = Math.min(loadBackoffMs.first * 2 ** (this.loadFailures - 1), loadBackoffMs.max);
      this.ports.trouble('audience.load_failed', { error });
    }
    this.finishLoad();
    if (this.mustLoad) this.scheduleLoad(waitMs);
  }

  private finishLoad(): void {
    this.loading = false;
    this.changes = [];
    for (const [conversationId, { events, newest }] of this.held.take((id) => this.hints.has(id))) {
      const sequencer = this.sequencers.get(conversationId);
      for (const event of events) sequencer?.offer(event);
      sequencer?.noteHead(newest);
    }
    for (const conversationId of [...this.sequencers.keys()]) this.stopIfDeserted(conversationId);
  }

  private take(memberships: Membership[], arriving: LocalUser[], hints: JoinHints): void {
    // Who went away meanwhile, and perhaps came again, waits for a look-up of its own.
    const arrived = new Set(arriving.filter((user) => this.users.get(user.userId) === user));
    for (const membership of memberships) {
      const user = this.users.get(membership.userId);
      if (user === undefined) continue;
      if (arrived.has(user)) this.addMember(membership);
      else this.addHinted(user, membership, hints.seqOf(membership.conversationId, membership.userId));
    }
    this.applyChangesAgain(new Set([...[...arrived].map(({ userId }) => userId), ...hints.userIds()]));
    for (const user of arrived) {
      this.arriving.delete(user);
      user.markLoaded();
    }
  }

  private addMember({ conversationId, userId, visibleFrom, lastSeq }: Membership): void {
    const position = this.sequencers.get(conversationId)?.position ?? lastSeq;
    this.index.set(conversationId, userId, {
      visibleFrom,
      asOf: lastSeq,
      since: Math.max(lastSeq, position),
    });
    this.startSequencer(conversationId, lastSeq, lastSeq);
  }

  /** A join that the index had missed, and that still holds: the user gets what came since, beginning with the join. */
  private addHinted(user: LocalUser, membership: Membership, joinedAt: number | undefined): void {
    const { conversationId, userId, visibleFrom, lastSeq } = membership;
    if (joinedAt === undefined || !user.loaded || this.index.get(conversationId, userId) !== undefined)
      return;
    const { position, highest } = this.sequencers.get(conversationId) ?? {
      position: joinedAt - 1,
      highest: joinedAt,
    };
    // The sequencer has not come to the join yet: it will add the member by itself.
    if (highest < joinedAt) return;
    const behind = highest - joinedAt < rewindMaxSeqs ? joinedAt - 1 : highest;
    // The hint may be of an older join, that was late: what came before the user left is not given again.
    const since = Math.max(behind, user.partedAt(conversationId));
    for (const other of this.index.members(conversationId).values())
      other.since = Math.max(other.since, position);
    this.index.set(conversationId, userId, { visibleFrom, asOf: lastSeq, since });
    this.startSequencer(conversationId, since, lastSeq);
    this.sequencers.get(conversationId)?.rewind(since);
  }

  private startSequencer(conversationId: string, last: number, head: number): void {
    let sequencer = this.sequencers.get(conversationId);
    if (sequencer === undefined) {
      sequencer = new Sequencer(last, {
        deliver: (event, again) => this.deliver(event, again),
        repair: (from, to) => this.ports.readRange(conversationId, from, to),
        skipped: (from, to) => this.lookUpAgain(conversationId, from, to),
        schedule: this.ports.schedule,
      });
      this.sequencers.set(conversationId, sequencer);
    }
    sequencer.noteHead(head);
  }

  private applyChangesAgain(userIds: ReadonlySet<string>): void {
    for (const event of this.changes) {
      if (event.membership !== undefined) this.applyAgain(event, event.membership, userIds);
    }
  }

  private applyAgain(
    event: BusEvent,
    { joined = [], left, reset, ended }: MembershipDelta,
    userIds: ReadonlySet<string>,
  ): void {
    const since = Math.max(this.sequencers.get(event.conversationId)?.position ?? 0, event.seq);
    for (const { userId, visibleFrom } of joined) {
      if (userIds.has(userId) && this.users.has(userId)) this.join(event, userId, visibleFrom, since);
    }
    if (left !== undefined && userIds.has(left)) this.part(event, left);
    if (ended === true) for (const userId of userIds) this.part(event, userId);
    if (reset !== undefined && userIds.has(reset.userId)) this.reset(event, reset);
  }

  // Among what could not be read may have been a removal: nobody stays a member on trust.
  private lookUpAgain(conversationId: string, from: number, to: number): void {
    this.ports.trouble('sequencer.skipped', { conversationId, from, to });
    for (const userId of [...this.index.members(conversationId).keys()]) {
      this.index.remove(conversationId, userId);
      this.hints.add(conversationId, userId, to + 1);
    }
    this.sequencers.get(conversationId)?.stop();
    this.sequencers.delete(conversationId);
    this.scheduleLoad(0);
  }
}
