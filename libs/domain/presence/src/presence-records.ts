import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { Log } from '@parley/platform/telemetry';
import { presenceSave } from './presence.functions';

interface Kept {
  userId: string;
  seenAt: Date | null;
  invisible: boolean | null;
}

const everyMs = 2_000;
const usersPerCall = 500;
/** Users of a tenant kept at most while PostgreSQL is away: what is more than that is forgotten. */
const usersMax = 50_000;

/** Keeps what outlives the connections, many users at a time. */
@Injectable()
export class PresenceRecords implements OnApplicationShutdown {
  private waiting = new Map<string, Map<string, number>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Db,
    private readonly log: Log,
  ) {}

  /** A user was seen last at this time, in milliseconds since the epoch. Written within some seconds. */
  seen(tenantId: string, userId: string, at: number): void {
    const users = this.waiting.get(tenantId) ?? new Map<string, number>();
    this.waiting.set(tenantId, users);
    if (users.size >= usersMax) return;
    users.set(userId, Math.max(users.get(userId) ?? 0, at));
    this.timer ??= setTimeout(() => void this.write(), everyMs).unref();
  }

  /** Resolves when it is written. @throws AppError `service.unavailable` */
  async choose(tenantId: string, userId: string, invisible: boolean): Promise<void> {
    await this.save(tenantId, [{ userId, seenAt: null, invisible }]);
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.write();
  }

  private async write(): Promise<void> {
    const waiting = this.waiting;
    this.waiting = new Map();
    this.timer = undefined;
    for (const [tenantId, users] of waiting) {
      const rows = [...users].map(([userId, at]) => ({ userId, seenAt: new Date(at), invisible: null }));
      try {
        while (rows.length > 0) await this.save(tenantId, rows.splice(-usersPerCall));
      } catch (error) {
        this.log.warn('presence.not_kept', { tenantId, users: users.size, error });
        for (const [userId, at] of users) this.seen(tenantId, userId, at);
      }
    }
  }

  private async save(tenantId: string, rows: readonly Kept[]): Promise<void> {
    await this.db.hot.call(
      presenceSave,
      tenantId,
      rows.map(({ userId }) => userId),
      rows.map(({ seenAt }) => seenAt),
      rows.map(({ invisible }) => invisible),
    );
  }
}
