import type { PresentDevice, SeenStatus } from '@parley/platform/realtime';

/** What of a connection matters here. */
export interface DeviceOwner {
  readonly actor: { readonly tenantId: string; readonly userId: string; readonly invisible: boolean };
}

/** When a device went: by this process's clock, and in milliseconds since the epoch. */
export interface Leaving {
  at: number;
  seenAt: number;
}

export interface LocalUser {
  tenantId: string;
  userId: string;
  invisible: boolean;
  /** What it was when its last device went. */
  left: ({ status: SeenStatus } & Leaving) | undefined;
  devices: Set<LocalDevice>;
}

export interface LocalDevice {
  /** Unique in the installation, and in no message to clients. */
  id: string;
  user: LocalUser;
  away: boolean;
}

/** The devices that are connected to this gateway, and users that went from it a moment ago. A data structure alone. */
export class LocalDevices<C extends DeviceOwner> {
  private readonly devices = new Map<C, LocalDevice>();
  private readonly users = new Map<string, LocalUser>();
  /** Those without a device, who went first first. */
  private readonly leaving = new Set<LocalUser>();
  private count = 0;

  constructor(
    private readonly gatewayId: string,
    private readonly graceMs: number,
  ) {}

  /** Users with a device. */
  get userCount(): number {
    return this.users.size - this.leaving.size;
  }

  add(connection: C): LocalDevice {
    const { tenantId, userId, invisible } = connection.actor;
    const key = keyOf(tenantId, userId);
    const user = this.users.get(key) ?? { tenantId, userId, invisible, left: undefined, devices: new Set() };
    this.users.set(key, user);
    this.leaving.delete(user);
    user.left = undefined;
    this.count += 1;
    const device = { id: `${this.gatewayId}|${this.count.toString(36)}`, user, away: false };
    user.devices.add(device);
    this.devices.set(connection, device);
    return device;
  }

  get(connection: C): LocalDevice | undefined {
    return this.devices.get(connection);
  }

  /** Undefined: it was not there. */
  remove(connection: C, leaving: Leaving): LocalDevice | undefined {
    const device = this.devices.get(connection);
    if (device === undefined) return undefined;
    const { user } = device;
    const status = connectedStatus(user);
    this.devices.delete(connection);
    user.devices.delete(device);
    if (user.devices.size === 0) {
      user.left = { status, ...leaving };
      this.leaving.add(user);
    }
    return device;
  }

  user(tenantId: string, userId: string): LocalUser | undefined {
    return this.users.get(keyOf(tenantId, userId));
  }

  /** Takes out the users who went longer ago than the grace. */
  takeGone(now: number): LocalUser[] {
    const gone: LocalUser[] = [];
    for (const user of this.leaving) {
      if ((user.left?.at ?? 0) + this.graceMs > now) break;
      gone.push(user);
    }
    for (const user of gone) {
      this.leaving.delete(user);
      this.users.delete(keyOf(user.tenantId, user.userId));
    }
    return gone;
  }

  /** All devices, by tenant. */
  byTenant(): Map<string, PresentDevice[]> {
    const tenants = new Map<string, PresentDevice[]>();
    for (const device of this.devices.values()) {
      const { tenantId } = device.user;
      const devices = tenants.get(tenantId);
      if (devices === undefined) tenants.set(tenantId, [presentDevice(device)]);
      else devices.push(presentDevice(device));
    }
    return tenants;
  }
}

export function presentDevice({ id, away, user }: LocalDevice): PresentDevice {
  return { userId: user.userId, id, away, invisible: user.invisible };
}

/** What the user is by the devices that are connected here. */
export function connectedStatus({ devices }: LocalUser): SeenStatus {
  if (devices.size === 0) return 'offline';
  for (const { away } of devices) if (!away) return 'online';
  return 'away';
}

// A tenant id has a fixed form, so that no pair of ids reads like another pair.
function keyOf(tenantId: string, userId: string): string {
  return `${tenantId} ${userId}`;
}
