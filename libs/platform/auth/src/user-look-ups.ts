import { AppError } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import { userSeen, type UserSeenRow } from './auth.functions';

interface Question {
  userId: string;
  /** Of the token; for a user that is made now. */
  name: string | null;
  create: boolean;
  resolve: (row: UserSeenRow | undefined) => void;
  reject: (error: unknown) => void;
}

/** Users of one call: it holds their locks where it makes them. */
const usersPerCall = 500;

/** Looks users up: those of a tenant who come in one turn of the event loop, or while a call is under way, in one call. */
export class UserLookUps {
  private readonly waiting = new Map<string, Question[]>();
  private readonly running = new Set<string>();

  constructor(private readonly db: Pick<Db, 'hot'>) {}

  /** Undefined: unknown and not to be made, or the tenant is gone. @throws AppError `service.unavailable` */
  find(
    tenantId: string,
    userId: string,
    { name, create }: { name: string | null; create: boolean },
  ): Promise<UserSeenRow | undefined> {
    return new Promise((resolve, reject) => {
      const question = { userId, name, create, resolve, reject };
      const waiting = this.waiting.get(tenantId);
      if (waiting !== undefined) {
        waiting.push(question);
        return;
      }
      this.waiting.set(tenantId, [question]);
      if (!this.running.has(tenantId)) setImmediate(() => void this.run(tenantId));
    });
  }

  private async run(tenantId: string): Promise<void> {
    this.running.add(tenantId);
    for (let batch = this.take(tenantId); batch.length > 0; batch = this.take(tenantId)) {
      await this.ask(tenantId, batch);
    }
    this.running.delete(tenantId);
  }

  private take(tenantId: string): Question[] {
    const waiting = this.waiting.get(tenantId) ?? [];
    const batch = waiting.splice(0, usersPerCall);
    if (waiting.length === 0) this.waiting.delete(tenantId);
    return batch;
  }

  private async ask(tenantId: string, batch: readonly Question[]): Promise<void> {
    try {
      const rows = await this.call(tenantId, batch);
      for (const { userId, resolve } of batch) resolve(rows.get(userId));
    } catch (error) {
      // One that PostgreSQL does not take must not lock the others out; while it is away each would wait again.
      const away = error instanceof AppError && error.kind === 'unavailable';
      if (batch.length > 1 && !away) await Promise.all(batch.map((each) => this.ask(tenantId, [each])));
      else for (const { reject } of batch) reject(error);
    }
  }

  private async call(tenantId: string, batch: readonly Question[]): Promise<Map<string, UserSeenRow>> {
    const rows = await this.db.hot.call(
      userSeen,
      tenantId,
      batch.map(({ userId }) => userId),
      batch.map(({ name }) => name),
      batch.map(({ create }) => create),
    );
    return new Map(rows.map((row) => [row.user_id, row]));
  }
}
