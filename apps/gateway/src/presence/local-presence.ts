import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { limits } from '@parley/contracts/wire';
import type { PresenceChoice } from '@parley/contracts/internal';
import { Clock } from '@parley/platform/clock';
import type { PresentDevice, SeenStatus } from '@parley/platform/realtime';
import { Metrics } from '@parley/platform/telemetry';
import { PresenceRecords } from '@parley/domain/presence';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import {
  connectedStatus,
  LocalDevices,
  presentDevice,
  type LocalDevice,
  type LocalUser,
} from './local-devices';

/** Told of what changes here; each is of one device. */
export interface LocalListener {
  here(tenantId: string, device: PresentDevice): void;
  gone(tenantId: string, device: PresentDevice): void;
}

/** Who is connected to this gateway, and what each device is. */
@Injectable()
export class LocalPresence {
  private readonly devices = new LocalDevices<Connection>(
    randomBytes(6).toString('hex'),
    limits.presenceGraceMs,
  );
  private readonly listeners: LocalListener[] = [];

  constructor(
    connections: Connections,
    private readonly records: PresenceRecords,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    connections.onReceiving((connection) => this.tellHere(this.devices.add(connection)));
    connections.onRemoved((connection) => this.remove(connection));
    const count = (): number => this.devices.userCount;
    metrics.gauge({
      name: 'presence_users',
      help: 'Users with a device on this gateway.',
      collect() {
        this.set(count());
      },
    });
  }

  listen(listener: LocalListener): void {
    this.listeners.push(listener);
  }

  user(tenantId: string, userId: string): LocalUser | undefined {
    return this.devices.user(tenantId, userId);
  }

  /** What is seen of a user by what this gateway knows; `alone`: nobody else tells when it is gone for good. */
  statusOf(tenantId: string, userId: string, { alone }: { alone: boolean }): SeenStatus {
    const user = this.devices.user(tenantId, userId);
    if (user === undefined || user.invisible) return 'offline';
    if (user.devices.size > 0) return connectedStatus(user);
    return alone ? (user.left?.status ?? 'offline') : 'offline';
  }

  byTenant(): Map<string, PresentDevice[]> {
    return this.devices.byTenant();
  }

  /** Takes out those who went longer ago than the grace. */
  takeGone(): LocalUser[] {
    return this.devices.takeGone(this.clock.monotonicMs());
  }

  /** What one device says of itself. */
  setAway(connection: Connection, away: boolean): void {
    const device = this.devices.get(connection);
    if (device === undefined || device.away === away) return;
    device.away = away;
    this.tellHere(device);
  }

  /** What a user chose elsewhere, for all of its devices. */
  choose({ tenantId, userId, invisible, away }: PresenceChoice): void {
    const user = this.devices.user(tenantId, userId);
    if (user === undefined) return;
    this.setSight(user, invisible);
    for (const device of user.devices) {
      device.away = away ?? device.away;
      this.tellHere(device);
    }
  }

  /** Whether a user shows itself, as Redis has it. */
  learn(tenantId: string, userId: string, invisible: boolean): void {
    const user = this.devices.user(tenantId, userId);
    if (user === undefined || user.invisible === invisible) return;
    this.setSight(user, invisible);
    for (const device of user.devices) this.tellHere(device);
  }

  private setSight(user: LocalUser, invisible: boolean): void {
    // Until now it was seen.
    if (invisible && !user.invisible) {
      this.records.seen(user.tenantId, user.userId, this.clock.now().getTime());
    }
    user.invisible = invisible;
  }

  private remove(connection: Connection): void {
    const seenAt = this.clock.now().getTime();
    const device = this.devices.remove(connection, { at: this.clock.monotonicMs(), seenAt });
    if (device === undefined) return;
    const { tenantId, userId, invisible, devices } = device.user;
    if (devices.size === 0 && !invisible) this.records.seen(tenantId, userId, seenAt);
    for (const listener of this.listeners) listener.gone(tenantId, presentDevice(device));
  }

  private tellHere(device: LocalDevice): void {
    for (const listener of this.listeners) listener.here(device.user.tenantId, presentDevice(device));
  }
}
