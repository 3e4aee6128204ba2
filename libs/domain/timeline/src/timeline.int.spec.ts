import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '@parley/platform/database';
import { createConversation, createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { bodyHash } from './body-hash';
import { Timeline } from './timeline';

const hashKey = Buffer.from('the key of a test tenant');

describe('Timeline', () => {
  let database: TestDatabase;
  let db: Db;
  let timeline: Timeline;
  let tenantId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    timeline = new Timeline(db);
    tenantId = await createTenant(db);
  });

  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  function row(conversationId: string, sender: string, text = 'hello', key: string = randomUUID()) {
    return {
      c: conversationId,
      s: sender,
      k: key,
      h: bodyHash(hashKey, { kind: 'text', text }),
      kind: 'text',
      t: text,
    };
  }

  async function seqsOf(conversationId: string): Promise<number[]> {
    const events = await timeline.ranges(tenantId, [{ conversationId, from: 1, to: 1e9 }], 10_000);
    return events.map(({ seq }) => seq);
  }

  it('I4: 500 concurrent senders over two processes make one dense order', async () => {
    const users = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    const conversationId = await createConversation(db, tenantId, users);
    const otherDb = openDb(database);
    const other = new Timeline(otherDb);
    const outcomes = await Promise.all(
      users.map((user, index) =>
        (index % 2 === 0 ? timeline : other).send(tenantId, row(conversationId, user)),
      ),
    );
    await otherDb.close();
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(outcomes.map(({ seq }) => Number(seq)).sort((a, b) => a - b)).toEqual(
      users.map((_, index) => index + 1),
    );
    expect(await seqsOf(conversationId)).toEqual(users.map((_, index) => index + 1));
  });

  it('F12: batches over many conversations in opposite orders do not deadlock', async () => {
    const users = ['ada'];
    const conversations = await Promise.all(
      Array.from({ length: 8 }, () => createConversation(db, tenantId, users)),
    );
    const otherDb = openDb(database);
    const other = new Timeline(otherDb);
    const sends = Array.from({ length: 400 }, (_, index) => {
      const order = index % 2 === 0 ? conversations : [...conversations].reverse();
      return (index % 2 === 0 ? timeline : other).send(tenantId, row(order[index % 8] ?? '', 'ada'));
    });
    const outcomes = await Promise.all(sends);
    await otherDb.close();
    expect(outcomes.every(({ outcome }) => outcome === 'created')).toBe(true);
    for (const conversationId of conversations) {
      const seqs = await seqsOf(conversationId);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
  });

  it('leaves one event for all that a batch stored, and none for what it refused', async () => {
    const own = await createTenant(db);
    const conversationId = await createConversation(db, own, ['ada']);
    const noted = new Timeline(db, ['test.note']);
    const posted = () => db.tx(own, ({ prisma }) => prisma.outbox.findMany());
    await noted.send(own, row(conversationId, 'stranger'));
    expect(await posted()).toEqual([]);
    const sends = ['ada', 'stranger', 'ada', 'ada'].map((user) => noted.send(own, row(conversationId, user)));
    await Promise.all(sends);
    const payload = { conversationIds: [conversationId, conversationId, conversationId], seqs: [1, 2, 3] };
    expect(await posted()).toMatchObject([
      { event: 'message.created', conversationId: null, seq: null, payload, handlers: ['test.note'] },
    ]);
  });

  it('I3: 200 concurrent retries of one key make one message, all with its id and seq', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const key = randomUUID();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => timeline.send(tenantId, row(conversationId, 'ada', 'once', key))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(199);
    expect(new Set(outcomes.map(({ id, seq }) => `${id} ${seq}`)).size).toBe(1);
    expect(await seqsOf(conversationId)).toEqual([1]);
  });

  it('refuses another body under the same key, and a refused row takes no seq', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const key = randomUUID();
    const results = await Promise.all([
      timeline.send(tenantId, row(conversationId, 'ada', 'first', key)),
      timeline.send(tenantId, row(conversationId, 'ada', 'second', key)),
      timeline.send(tenantId, row(conversationId, 'stranger')),
      timeline.send(tenantId, { ...row(conversationId, 'ada'), rs: 77, ri: uuidv7() }),
      timeline.send(tenantId, row(uuidv7(), 'ada')),
      timeline.send(tenantId, row(conversationId, 'ada', 'last')),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'created',
      'key_conflict',
      'not_member',
      'reply_not_found',
      'not_member',
      'created',
    ]);
    expect(await seqsOf(conversationId)).toEqual([1, 2]);
  });

  it('keeps the order in which one caller sent, whatever the load', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        timeline.send(tenantId, row(conversationId, 'ada', `message ${index}`)),
      ),
    );
    expect(outcomes.map(({ seq }) => seq)).toEqual(outcomes.map((_, index) => index + 1));
  });

  it('stores no message of a member whose removal was committed first, but answers its retry', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada', 'grace']);
    const sent = row(conversationId, 'grace', 'before');
    const first = await timeline.send(tenantId, sent);
    let racing: Promise<unknown> | undefined;
    await db.tx(tenantId, async (tx) => {
      await timeline.lock(tx, conversationId);
      // Waits for the lock that this transaction holds, and must see what it commits.
      racing = timeline.send(tenantId, row(conversationId, 'grace', 'after'));
      const [event] = await timeline.append(tx, conversationId, [
        { type: 'participant.left', actor: 'ada', data: { userId: 'grace', reason: 'removed' } },
      ]);
      await tx.prisma.participant.updateMany({
        where: { conversationId, userId: 'grace' },
        data: { leftSeq: event?.seq ?? 0 },
      });
    });
    await expect(racing).resolves.toMatchObject({ outcome: 'not_member' });
    await expect(timeline.send(tenantId, sent)).resolves.toMatchObject({
      outcome: 'duplicate',
      seq: first.seq,
    });
    expect(await seqsOf(conversationId)).toEqual([1, 2]);
  });

  describe('the rules of the conversation', () => {
    const everybody = ['olga', 'anna', 'mike', 'gwen'];

    async function ruled(
      rules: { posting?: string; slowModeSeconds?: number },
      kind = 'group',
    ): Promise<string> {
      const conversationId = await createConversation(db, tenantId, everybody);
      await db.tx(tenantId, async ({ prisma }) => {
        await prisma.conversation.updateMany({ where: { id: conversationId }, data: { kind, ...rules } });
        for (const [userId, role] of [
          ['olga', 'owner'],
          ['anna', 'admin'],
          ['gwen', 'guest'],
        ] as const)
          await prisma.participant.updateMany({ where: { conversationId, userId }, data: { role } });
      });
      return conversationId;
    }

    async function agoOfLastSend(conversationId: string, userId: string, seconds: number): Promise<void> {
      await db.tx(tenantId, ({ prisma }) =>
        prisma.participant.updateMany({
          where: { conversationId, userId },
          data: { lastSentAt: new Date(Date.now() - seconds * 1_000) },
        }),
      );
    }

    it.each([
      { posting: 'everyone', outcomes: ['created', 'created', 'created', 'created'] },
      { posting: 'admins', outcomes: ['created', 'created', 'posting_denied', 'posting_denied'] },
      {
        posting: 'nobody',
        outcomes: ['posting_denied', 'posting_denied', 'posting_denied', 'posting_denied'],
      },
    ])('posting by $posting: who may, and what the system says is stored', async ({ posting, outcomes }) => {
      const conversationId = await ruled({ posting });
      const results = await Promise.all(
        everybody.map((user) => timeline.send(tenantId, row(conversationId, user))),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
      const said = await timeline.send(tenantId, { ...row(conversationId, 'mike'), kind: 'system' });
      expect(said).toMatchObject({
        outcome: 'created',
        seq: outcomes.filter((each) => each === 'created').length + 1,
      });
    });

    it('stores nothing of either side while one blocks the other, but answers a repeat', async () => {
      const conversationId = await ruled({}, 'direct');
      const before = row(conversationId, 'mike');
      await timeline.send(tenantId, before);
      await db.tx(tenantId, ({ prisma }) =>
        prisma.conversation.updateMany({ where: { id: conversationId }, data: { blocked: true } }),
      );
      const results = await Promise.all(
        [row(conversationId, 'mike'), row(conversationId, 'olga'), before].map((each) =>
          timeline.send(tenantId, each),
        ),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(['blocked', 'blocked', 'duplicate']);
      expect(await seqsOf(conversationId)).toEqual([1]);
    });

    it('slow mode: of sends at once one of each is stored, and the refused ones are told when to come back', async () => {
      const conversationId = await ruled({ slowModeSeconds: 60 });
      const startedAt = Date.now();
      const senders = ['mike', 'mike', 'gwen', 'gwen', 'mike', 'olga', 'olga', 'anna', 'anna'];
      const results = await Promise.all(
        senders.map((user) => timeline.send(tenantId, row(conversationId, user))),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual([
        'created',
        'slow_mode',
        'created',
        'slow_mode',
        'slow_mode',
        ...Array<string>(4).fill('created'),
      ]);
      expect(await seqsOf(conversationId)).toEqual([1, 2, 3, 4, 5, 6]);
      const again = await timeline.send(tenantId, row(conversationId, 'mike'));
      for (const { at, outcome } of [...results, again]) {
        if (outcome !== 'slow_mode') continue;
        expect(at?.getTime()).toBeGreaterThanOrEqual(startedAt + 60_000);
        expect(at?.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
      }
    });

    it('slow mode: a refused row makes nobody wait, a repeat is answered, the system and the patient are heard', async () => {
      const conversationId = await ruled({ slowModeSeconds: 60 });
      const first = row(conversationId, 'mike', 'first');
      const refused = { ...row(conversationId, 'mike'), rs: 77, ri: uuidv7() };
      const outcomes = async (...rows: Parameters<Timeline['send']>[1][]) =>
        (await Promise.all(rows.map((each) => timeline.send(tenantId, each)))).map(({ outcome }) => outcome);
      expect(await outcomes(refused, first)).toEqual(['reply_not_found', 'created']);
      const system = { ...row(conversationId, 'mike'), kind: 'system' };
      expect(await outcomes(first, system, row(conversationId, 'mike'))).toEqual([
        'duplicate',
        'created',
        'slow_mode',
      ]);
      await agoOfLastSend(conversationId, 'mike', 61);
      const reply = {
        ...row(conversationId, 'mike'),
        ts: 1,
        ti: (await timeline.send(tenantId, first)).id ?? '',
      };
      expect(await outcomes(reply)).toEqual(['created']);
      expect(await outcomes(row(conversationId, 'mike'))).toEqual(['slow_mode']);
    });
  });

  it('counts messages and own messages by ordinals; thread replies take none', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada', 'grace']);
    const root = await timeline.send(tenantId, row(conversationId, 'ada'));
    await timeline.send(tenantId, {
      ...row(conversationId, 'grace'),
      ts: root.seq ?? 0,
      ti: root.id ?? '',
    });
    await timeline.send(tenantId, row(conversationId, 'grace'));
    const counters = await db.tx(tenantId, async (tx) => ({
      head: await tx.prisma.conversationHead.findFirstOrThrow({ where: { conversationId } }),
      grace: await tx.prisma.participant.findFirstOrThrow({ where: { conversationId, userId: 'grace' } }),
    }));
    expect(counters.head).toMatchObject({ lastSeq: 3n, messageCount: 2n });
    expect(counters.grace.ownAfterRead).toBe(1n);
  });

  it('reads pages at any place, and the replies of a thread', async () => {
    const conversationId = await createConversation(db, tenantId, ['ada']);
    const root = await timeline.send(tenantId, row(conversationId, 'ada', 'root'));
    for (let index = 0; index < 9; index += 1) {
      const reply = index % 3 === 0 ? { ts: root.seq ?? 0, ti: root.id ?? '' } : {};
      await timeline.send(tenantId, { ...row(conversationId, 'ada'), ...reply });
    }
    const read = async (options: Parameters<Timeline['page']>[2]) =>
      (await timeline.page(tenantId, conversationId, options)).map(({ seq }) => seq);
    expect(await read({ low: 1, high: 10, newestFirst: true, limit: 3 })).toEqual([10, 9, 8]);
    expect(await read({ low: 4, high: 10, newestFirst: false, limit: 3 })).toEqual([4, 5, 6]);
    expect(await read({ low: 1, high: 10, newestFirst: false, limit: 9, threadRoot: 1 })).toEqual([2, 5, 8]);
    expect(await read({ low: 1, high: 10, newestFirst: true, limit: 2, threadRoot: 1 })).toEqual([8, 5]);
  });
});
