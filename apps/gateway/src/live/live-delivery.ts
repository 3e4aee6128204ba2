import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { BlockChange, BusEvent, TailEntry, UserEvent } from '@parley/contracts/internal';
import type { VoidEvent } from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Log, Metrics } from '@parley/platform/telemetry';
import { Connections } from '../connections/connections';
import { Frame } from '../connections/frame';
import { sightOf, type Members } from './audience';
import { AudienceReader } from './audience-reader';
import { RepairReader } from './repair-reader';
import type { Schedule } from './sequencer';
import { TenantLive } from './tenant-live';

const schedule: Schedule = (fn, ms) => {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
};

type WhenLeft = (tenantId: string, conversationId: string, userId: string) => void;

const waitsSampledOneOf = 16;
/** From so many local members on, a conversation's events are coalesced. */
const manyMembers = 50;

/** Brings committed events to the connections of this gateway, tenant by tenant. */
@Injectable()
export class LiveDelivery implements OnApplicationShutdown {
  private readonly tenants = new Map<string, TenantLive>();
  private readonly deliveries;
  private readonly waits;
  private readonly arrivals = new WeakMap<BusEvent, number>();
  private accepted = 0;
  private readonly whenLeft: WhenLeft[] = [];

  constructor(
    private readonly audience: AudienceReader,
    private readonly repairs: RepairReader,
    private readonly connections: Connections,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.deliveries = metrics.counter({
      name: 'deliveries_total',
      help: 'Durable events that were handed to local users.',
      labelNames: ['sight'],
    });
    this.waits = metrics.histogram({
      name: 'delivery_seconds',
      help: 'From the arrival of an event in this process to the hand-over to its sockets: the wait for its turn; one of 16 events.',
    });
  }

  /** See `TenantLive.enter`. */
  enter({ tenantId, userId }: UserActor, onLoaded: () => void): () => void {
    let tenant = this.tenants.get(tenantId);
    if (tenant === undefined) this.tenants.set(tenantId, (tenant = this.startTenant(tenantId)));
    const entered = tenant;
    this.audience.apart.enter(tenantId, userId);
    const leave = tenant.enter(userId, onLoaded);
    return () => {
      leave();
      if (!entered.has(userId)) this.audience.apart.leave(tenantId, userId);
      if (!entered.isDeserted || this.tenants.get(tenantId) !== entered) return;
      entered.stop();
      this.tenants.delete(tenantId);
    };
  }

  /** Calls back for each membership that ended in a conversation of this gateway, from now on; see `headFor`. */
  onLeft(listener: WhenLeft): void {
    this.whenLeft.push(listener);
  }

  /** See `TenantLive.headFor`. */
  headFor(tenantId: string, userId: string, conversationId: string): number | undefined {
    return this.tenants.get(tenantId)?.headFor(userId, conversationId);
  }

  /** See `TenantLive.share`. */
  share(tenantId: string, one: string, other: string): boolean {
    return this.tenants.get(tenantId)?.share(one, other) ?? false;
  }

  event(event: BusEvent): void {
    const tenant = this.tenants.get(event.tenantId);
    if (tenant === undefined) return;
    // A sample: a weak entry for each event would be work for the garbage collector.
    this.accepted += 1;
    if (this.accepted % waitsSampledOneOf === 0) this.arrivals.set(event, performance.now());
    tenant.accept(event);
  }

  /** What was committed lately, known or not. */
  tail(entries: readonly TailEntry[]): void {
    for (const entry of entries) this.tenants.get(entry.tenantId)?.note(entry);
  }

  /** Whose blocks changed lately, known or not. */
  blockChanges(changes: readonly BlockChange[]): void {
    this.audience.apart.hear(changes);
  }

  userEvent({ tenantId, userIds, type, json }: UserEvent): void {
    if (!this.tenants.has(tenantId)) return;
    const frame = new Frame(type, json);
    for (const userId of userIds) this.connections.send(tenantId, userId, frame);
  }

  onApplicationShutdown(): void {
    for (const tenant of this.tenants.values()) tenant.stop();
    this.tenants.clear();
  }

  private startTenant(tenantId: string): TenantLive {
    return new TenantLive({
      loadAudience: (userIds) => this.audience.read(tenantId, userIds),
      readRange: (conversationId, from, to) => this.repairs.read(tenantId, { conversationId, from, to }),
      deliver: (event, members) => this.deliver(event, members),
      left: (conversationId, userId) => {
        for (const listener of this.whenLeft) listener(tenantId, conversationId, userId);
      },
      schedule,
      trouble: (event, details) => this.log.warn(event, { tenantId, ...details }),
    });
  }

  private deliver(event: BusEvent, members: Members): void {
    const arrivedAt = this.arrivals.get(event);
    if (arrivedAt !== undefined) this.waits.observe((performance.now() - arrivedAt) / 1_000);
    let whole: Frame | undefined;
    let place: Frame | undefined;
    let events = 0;
    let voids = 0;
    const many = members.size >= manyMembers;
    for (const [userId, entry] of members) {
      const sight = sightOf(event, userId, entry);
      if (sight === undefined) continue;
      if (sight === 'event') events += 1;
      else voids += 1;
      const frame =
        sight === 'event' ? (whole ??= new Frame(event.type, event.json)) : (place ??= voidFrame(event));
      if (many) this.connections.sendCoalesced(event.tenantId, userId, frame);
      else this.connections.send(event.tenantId, userId, frame);
    }
    // Once for all of them: a counter is found by its labels each time.
    if (events > 0) this.deliveries.inc({ sight: 'event' }, events);
    if (voids > 0) this.deliveries.inc({ sight: 'void' }, voids);
  }
}

function voidFrame({ conversationId, seq }: BusEvent): Frame {
  return Frame.of('void', { type: 'void', conversationId, seq } satisfies VoidEvent);
}
