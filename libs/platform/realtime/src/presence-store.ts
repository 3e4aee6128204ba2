import type { Redis } from 'ioredis';
import { redisKeys } from '@parley/platform/redis';
import {
  choosePresence,
  leavePresence,
  readPresence,
  renewPresence,
  sweepPresence,
} from './presence-scripts';

/** What others see of a user. */
export type SeenStatus = 'online' | 'away' | 'offline';

/** One connection of a user; `id` is `gateway|number`, unique in the installation. */
export interface PresentDevice {
  userId: string;
  id: string;
  away: boolean;
  /** Of the user, as far as its gateway knows. */
  invisible: boolean;
}

/** What became of a user by what was said. */
export interface PresenceMove {
  userId: string;
  before: SeenStatus | 'unknown';
  after: SeenStatus;
  invisible: boolean;
}

/** A user without any device left. */
export interface Departure extends PresenceMove {
  /** When the last device went, or was last said to be there; milliseconds since the epoch. */
  seenAt: number;
}

export interface PresenceReading {
  /** Every gateway has told who is there since the store was emptied the last time. */
  complete: boolean;
  users: { userId: string; status: SeenStatus; invisible: boolean; present: boolean }[];
}

/** Milliseconds. */
export const presenceTimes = {
  /** A device is believed to be there so long after it was said, … */
  believedMs: 25_000,
  /** … which its gateway does this often. */
  renewEveryMs: 10_000,
  /** A user whose last device went is shown so much longer. */
  graceMs: 8_000,
} as const;

/** A script holds Redis up while it runs: some microseconds for each item. */
const itemsPerCall = 250;
const completeAfterMs = presenceTimes.renewEveryMs + 2_000;

interface PresenceRedis extends Redis {
  renewPresence(
    devices: string,
    users: string,
    since: string,
    ...args: (string | number)[]
  ): Promise<string[]>;
  leavePresence(devices: string, users: string, ...args: (string | number)[]): Promise<string[]>;
  choosePresence(users: string, userId: string, sight: string): Promise<string[]>;
  sweepPresence(devices: string, users: string, ...args: number[]): Promise<(string | number)[]>;
  readPresence(users: string, since: string, ...userIds: string[]): Promise<(string | number)[]>;
}

/**
 * Who is there, of all gateways together. Losing it loses nothing: what each gateway renews makes it again. Each method
 * throws what the client throws while Redis is away.
 */
export class PresenceStore {
  private readonly redis: PresenceRedis | undefined;

  constructor(
    redis: Redis | undefined,
    private readonly keyPrefix: string,
  ) {
    redis?.defineCommand('renewPresence', { lua: renewPresence, numberOfKeys: 3 });
    redis?.defineCommand('leavePresence', { lua: leavePresence, numberOfKeys: 2 });
    redis?.defineCommand('choosePresence', { lua: choosePresence, numberOfKeys: 1 });
    redis?.defineCommand('sweepPresence', { lua: sweepPresence, numberOfKeys: 2 });
    redis?.defineCommand('readPresence', { lua: readPresence, numberOfKeys: 2 });
    this.redis = redis as PresenceRedis | undefined;
  }

  get isConfigured(): boolean {
    return this.redis !== undefined;
  }

  /** There is somebody to ask. */
  get isReady(): boolean {
    return this.redis?.status === 'ready';
  }

  /** Says of these devices that they are there. Answers the users who are another by it, or whose visibility is. */
  async renew(tenantId: string, devices: readonly PresentDevice[]): Promise<PresenceMove[]> {
    const { members, users, since } = this.keys(tenantId);
    const moves: PresenceMove[] = [];
    for (const part of partsOf(devices)) {
      const words = part.flatMap(({ userId, id, away, invisible }) => [
        userId,
        id,
        away ? 'a' : 'o',
        sightOf(invisible),
      ]);
      const answer = await this.ready.renewPresence(
        members,
        users,
        since,
        presenceTimes.believedMs,
        ...words,
      );
      moves.push(...movesOf(answer));
    }
    // After the devices: a sweep that takes the tenant off the list looks for devices once more.
    if (devices.length > 0) await this.ready.sadd(redisKeys.presenceTenants(this.keyPrefix), tenantId);
    return moves;
  }

  /** Says of these devices that they went. */
  async leave(
    tenantId: string,
    devices: readonly Pick<PresentDevice, 'userId' | 'id'>[],
  ): Promise<PresenceMove[]> {
    const { members, users } = this.keys(tenantId);
    const moves: PresenceMove[] = [];
    for (const part of partsOf(devices)) {
      const words = part.flatMap(({ userId, id }) => [userId, id]);
      moves.push(...movesOf(await this.ready.leavePresence(members, users, presenceTimes.graceMs, ...words)));
    }
    return moves;
  }

  async choose(tenantId: string, userId: string, invisible: boolean): Promise<PresenceMove[]> {
    return movesOf(await this.ready.choosePresence(this.keys(tenantId).users, userId, sightOf(invisible)));
  }

  async read(tenantId: string, userIds: readonly string[]): Promise<PresenceReading> {
    const { users, since } = this.keys(tenantId);
    const reading: PresenceReading = { complete: true, users: [] };
    for (const part of partsOf(userIds)) {
      const [keptMs, ...words] = await this.ready.readPresence(users, since, ...part);
      if (Number(keptMs) < completeAfterMs) reading.complete = false;
      part.forEach((userId, index) => {
        const [status, sight] = words.slice(2 * index, 2 * index + 2) as [SeenStatus, string];
        reading.users.push({ userId, status, invisible: sight === 'i', present: sight !== '-' });
      });
    }
    return reading;
  }

  /** Tenants of which somebody may be there. */
  async tenants(): Promise<string[]> {
    return this.ready.smembers(redisKeys.presenceTenants(this.keyPrefix));
  }

  /** Takes out, of one tenant, so many devices whose time is over; `more`: there may be others. */
  async sweep(tenantId: string): Promise<{ departures: Departure[]; moves: PresenceMove[]; more: boolean }> {
    const { members, users } = this.keys(tenantId);
    const { graceMs, believedMs } = presenceTimes;
    const [taken, ...words] = await this.ready.sweepPresence(
      members,
      users,
      itemsPerCall,
      graceMs,
      believedMs,
    );
    const end = words.indexOf('');
    if (taken === 0) await this.forgetEmpty(tenantId, members);
    return {
      departures: departuresOf(words.slice(0, end)),
      moves: movesOf(words.slice(end + 1) as string[]),
      more: Number(taken) === itemsPerCall,
    };
  }

  private async forgetEmpty(tenantId: string, members: string): Promise<void> {
    const tenants = redisKeys.presenceTenants(this.keyPrefix);
    if ((await this.ready.exists(members)) > 0) return;
    await this.ready.srem(tenants, tenantId);
    if ((await this.ready.exists(members)) > 0) await this.ready.sadd(tenants, tenantId);
  }

  private get ready(): PresenceRedis {
    if (this.redis === undefined) throw new Error('there is no Redis');
    return this.redis;
  }

  private keys(tenantId: string) {
    const key = (part: string): string => redisKeys.presence(this.keyPrefix, tenantId, part);
    return { members: key('devices'), users: key('users'), since: key('since') };
  }
}

function sightOf(invisible: boolean): string {
  return invisible ? 'i' : 'v';
}

function* partsOf<T>(items: readonly T[]): Generator<readonly T[], void, void> {
  for (let from = 0; from < items.length; from += itemsPerCall) yield items.slice(from, from + itemsPerCall);
}

function movesOf(words: string[]): PresenceMove[] {
  const moves: PresenceMove[] = [];
  for (let place = 0; place < words.length; place += 4) {
    const [userId, before, after, sight] = words.slice(place, place + 4) as [
      string,
      SeenStatus,
      SeenStatus,
      string,
    ];
    moves.push({ userId, before, after, invisible: sight === 'i' });
  }
  return moves;
}

function departuresOf(words: (string | number)[]): Departure[] {
  const departures: Departure[] = [];
  for (let place = 0; place < words.length; place += 4) {
    const [userId, before, sight, seenAt] = words.slice(place, place + 4);
    departures.push({
      userId: String(userId),
      before: before as Departure['before'],
      after: 'offline',
      invisible: sight === 'i',
      seenAt: Number(seenAt),
    });
  }
  return departures;
}
