import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { BlockChange } from '@parley/contracts/internal';
import { Log } from '@parley/platform/telemetry';
import { Separations, type Separation } from '@parley/domain/blocks';

/** Another user → the direct conversations with it. */
type Others = ReadonlyMap<string, readonly string[]>;
type WhenChanged = (tenantId: string, userId: string, otherId: string) => void;

const nobody: Others = new Map();

/**
 * Whom blocks keep apart, of the users of this gateway: in memory, for typing and presence ask for each of their events.
 * It is read when a user comes, and again when a change is told of.
 */
@Injectable()
export class KeptApart {
  private readonly tenants = new Map<string, Map<string, Others>>();
  /** The last reading of each tenant that has one under way. */
  private readonly turns = new Map<string, Promise<void>>();
  /** Changes that were read already: the tail tells of each again and again. */
  private readonly known = new LRUCache<string, number>({ max: 10_000 });
  private readonly whenChanged: WhenChanged[] = [];

  constructor(
    private readonly separations: Separations,
    private readonly log: Log,
  ) {}

  /** Whether a block is between a user of this gateway and another. */
  areApart(tenantId: string, userId: string, otherId: string): boolean {
    return this.tenants.get(tenantId)?.get(userId)?.has(otherId) ?? false;
  }

  /** Whether this is a direct conversation of a user of this gateway with one whom a block keeps from it. */
  areApartIn(tenantId: string, conversationId: string, userId: string, otherId: string): boolean {
    const others = this.tenants.get(tenantId)?.get(userId);
    return others?.get(otherId)?.includes(conversationId) ?? false;
  }

  /** Calls back for each two that are kept apart from now on, or no longer; the first is here. */
  onChanged(listener: WhenChanged): void {
    this.whenChanged.push(listener);
  }

  /** The user is here from now on; `read` says whom it is kept from. */
  enter(tenantId: string, userId: string): void {
    const users = this.tenants.get(tenantId) ?? new Map<string, Others>();
    this.tenants.set(tenantId, users);
    if (!users.has(userId)) users.set(userId, nobody);
  }

  leave(tenantId: string, userId: string): void {
    const users = this.tenants.get(tenantId);
    users?.delete(userId);
    if (users?.size === 0) this.tenants.delete(tenantId);
  }

  /** Resolves when it is known whom these users are kept from. @throws AppError `service.unavailable` */
  read(tenantId: string, userIds: readonly string[]): Promise<void> {
    // One after the other: an older answer must not undo a newer one.
    const before = this.turns.get(tenantId) ?? Promise.resolve();
    const reading = before.then(async () => {
      this.take(tenantId, userIds, await this.separations.of(tenantId, userIds));
    });
    const turn = reading
      .catch(() => undefined)
      .then(() => {
        if (this.turns.get(tenantId) === turn) this.turns.delete(tenantId);
      });
    this.turns.set(tenantId, turn);
    return reading;
  }

  /** Something changed, as the bus or the tail says. What cannot be read is read when the tail says it again. */
  hear(changes: readonly BlockChange[]): void {
    const tenants = new Map<string, BlockChange[]>();
    for (const change of changes) {
      if (this.tenants.get(change.tenantId)?.has(change.userId) !== true) continue;
      if ((this.known.get(keyOf(change)) ?? 0) >= change.at) continue;
      tenants.set(change.tenantId, [...(tenants.get(change.tenantId) ?? []), change]);
    }
    for (const [tenantId, own] of tenants) void this.readAgain(tenantId, own);
  }

  private async readAgain(tenantId: string, changes: readonly BlockChange[]): Promise<void> {
    const userIds = changes.map(({ userId }) => userId);
    try {
      await this.read(tenantId, userIds);
      for (const change of changes) this.known.set(keyOf(change), change.at);
    } catch (error) {
      this.log.warn('blocks.unread', { tenantId, error });
    }
  }

  private take(tenantId: string, userIds: readonly string[], found: readonly Separation[]): void {
    const fresh = new Map(userIds.map((userId) => [userId, new Map<string, readonly string[]>()]));
    for (const { userId, otherId, conversationIds } of found) {
      fresh.get(userId)?.set(otherId, conversationIds);
    }
    const users = this.tenants.get(tenantId);
    for (const [userId, others] of fresh) {
      const before = users?.get(userId);
      // It went away meanwhile.
      if (before === undefined) continue;
      users?.set(userId, others.size === 0 ? nobody : others);
      for (const otherId of new Set([...before.keys(), ...others.keys()])) {
        if (before.has(otherId) === others.has(otherId)) continue;
        for (const listener of this.whenChanged) listener(tenantId, userId, otherId);
      }
    }
  }
}

// A tenant id has a fixed form, so that no pair of ids reads like another pair.
function keyOf({ tenantId, userId }: BlockChange): string {
  return `${tenantId} ${userId}`;
}
