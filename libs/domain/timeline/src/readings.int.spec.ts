import { randomUUID } from 'node:crypto';
import type { Db } from '@parley/platform/database';
import { createConversation, createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { Timeline } from './timeline';

const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
const messages = 5;

/** Those who ask at once share calls; each must get what it would get alone. */
describe('readings of many at once', () => {
  let database: TestDatabase;
  let db: Db;
  let timeline: Timeline;
  let tenantId: string;
  let own: string[];
  let all: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    timeline = new Timeline(db, []);
    tenantId = await createTenant(db);
    all = await createConversation(db, tenantId, users);
    // One after the other: sixty at once wait for a connection longer than a busy machine lets them.
    own = [];
    for (const user of users) own.push(await createConversation(db, tenantId, [user]));
    const sends = users.flatMap((user, at) =>
      Array.from({ length: messages }, () => ({ user, conversationId: own[at] ?? '' })),
    );
    await Promise.all(
      sends.map(({ user, conversationId }) =>
        timeline.send(tenantId, {
          c: conversationId,
          s: user,
          k: randomUUID(),
          h: '00',
          kind: 'text',
          t: `by ${user}`,
        }),
      ),
    );
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  /** The same questions, one after the other and all at once, in a different number of calls. */
  async function bothWays<T>(ask: (user: string, at: number) => Promise<T>): Promise<[T[], T[]]> {
    const alone: T[] = [];
    for (const [at, user] of users.entries()) alone.push(await ask(user, at));
    const calls = jest.spyOn(db.hot, 'call');
    const together = await Promise.all(users.map(ask));
    expect(calls.mock.calls.length).toBeLessThan(users.length / 4);
    calls.mockRestore();
    return [alone, together];
  }

  it('heads: each of its own conversations, up to its own limit and after its own place', async () => {
    const [alone, together] = await bothWays((user, at) =>
      timeline.heads(
        tenantId,
        user,
        at % 3 === 0 ? ([all, own[at] ?? ''].sort()[0] ?? null) : null,
        1 + (at % 2),
      ),
    );
    expect(together).toEqual(alone);
    expect(new Set(together.map(({ length }) => length))).toEqual(new Set([1, 2]));
  });

  it('access: each by its own membership, and none where another one is a member', async () => {
    const [alone, together] = await bothWays((user, at) =>
      timeline.access(tenantId, user, [all, own[(at + (at % 2)) % users.length] ?? '']),
    );
    expect(together).toEqual(alone);
    expect(together.map(({ length }) => length)).toEqual(users.map((_, at) => (at % 2 === 0 ? 2 : 1)));
  });

  it('ranges: each its own places in their order, up to its own limit', async () => {
    const [alone, together] = await bothWays((_, at) => {
      const places = [own[at] ?? '', own[(at + 1) % users.length] ?? ''];
      return timeline.ranges(
        tenantId,
        places.map((conversationId) => ({ conversationId, from: 2, to: 4 })),
        1 + (at % 6),
      );
    });
    expect(together).toEqual(alone);
    for (const [at, events] of together.entries()) {
      const places = [own[at], own[(at + 1) % users.length]].flatMap((id) =>
        [2, 3, 4].map((seq) => [id, seq]),
      );
      expect(events.map(({ conversationId, seq }) => [conversationId, seq])).toEqual(
        places.slice(0, 1 + (at % 6)),
      );
    }
  });
});
