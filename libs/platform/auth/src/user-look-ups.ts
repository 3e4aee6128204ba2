import { GatheredCalls, type Db } from '@parley/platform/database';
import { userSeen, type UserSeenRow } from './auth.functions';

interface Question {
  userId: string;
  /** Of the token; for a user that is made now. */
  name: string | null;
  create: boolean;
}

/** A call holds the locks of the users that it makes until it ends: not too many, and one after the other. */
const gathering = { most: 500, atOnce: 1, apartMs: 20 };

/** Looks users up, together with all others of their tenant that are looked up at the same time. */
export class UserLookUps {
  private readonly calls;

  constructor(db: Pick<Db, 'hot'>) {
    this.calls = new GatheredCalls<Question, UserSeenRow | undefined>(gathering, (tenantId, questions) =>
      seen(db, tenantId, questions),
    );
  }

  /** Undefined: unknown and not to be made, or the tenant is gone. @throws AppError `service.unavailable` */
  find(
    tenantId: string,
    userId: string,
    { name, create }: { name: string | null; create: boolean },
  ): Promise<UserSeenRow | undefined> {
    return this.calls.ask(tenantId, { userId, name, create });
  }
}

async function seen(
  db: Pick<Db, 'hot'>,
  tenantId: string,
  questions: readonly Question[],
): Promise<(UserSeenRow | undefined)[]> {
  const rows = await db.hot.call(
    userSeen,
    tenantId,
    questions.map(({ userId }) => userId),
    questions.map(({ name }) => name),
    questions.map(({ create }) => create),
  );
  const byUser = new Map(rows.map((row) => [row.user_id, row]));
  return questions.map(({ userId }) => byUser.get(userId));
}
