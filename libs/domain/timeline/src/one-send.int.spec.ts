import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '@parley/platform/database';
import { createConversation, createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { timelineSend, timelineSendOne, type SendOutcomeRow } from './timeline.functions';

const users = ['owner', 'admin', 'member', 'guest', 'left', 'stranger'];
const pauseSeconds = 3_600;
const settings = [
  {},
  { status: 'closed' },
  { blocked: true },
  { posting: 'admins' },
  { posting: 'nobody' },
  { slowModeSeconds: pauseSeconds },
];

/** By the numbers of its conversation (one more than there are: unknown), user, key and body. */
interface Send {
  conversation: number;
  user: number;
  key: number;
  body: number;
}

/** Conversations of every kind that a send is judged by, in a tenant of their own. */
class World {
  private constructor(
    private readonly db: Db,
    private readonly tenantId: string,
    private readonly conversationIds: string[],
    private readonly way: 'as a batch' | 'by itself',
  ) {}

  static async make(db: Db, way: 'as a batch' | 'by itself'): Promise<World> {
    const tenantId = await createTenant(db);
    const conversationIds: string[] = [];
    for (const data of settings) {
      const id = await createConversation(db, tenantId, users.slice(0, -1));
      await db.tx(tenantId, async ({ prisma }) => {
        await prisma.conversation.updateMany({ where: { id }, data });
        for (const role of ['owner', 'admin', 'guest'])
          await prisma.participant.updateMany({
            where: { conversationId: id, userId: role },
            data: { role },
          });
        const left = { conversationId: id, userId: 'left' };
        await prisma.participant.updateMany({ where: left, data: { leftSeq: 1n } });
      });
      conversationIds.push(id);
    }
    return new World(db, tenantId, [...conversationIds, uuidv7()], way);
  }

  /** What became of it, without what differs between worlds. */
  async send({ conversation, user, key, body }: Send): Promise<unknown> {
    const row = {
      c: this.conversationIds[conversation],
      id: uuidv7(),
      s: users[user],
      k: `key-${key}`,
      h: `0${body}`,
      kind: 'text',
      t: `body ${body}`,
    };
    const { hot } = this.db;
    const md = body === 0 ? null : { body };
    const handlers = ['test.note'];
    const [outcome] =
      this.way === 'as a batch'
        ? await hot.call(timelineSend, this.tenantId, JSON.stringify([{ i: 0, ...row, md }]), handlers)
        : await hot.call(timelineSendOne, this.tenantId, ...Object.values(row), md, handlers);
    if (outcome === undefined) throw new Error('a send has an outcome');
    const { id } = outcome;
    return { ...outcome, id: id === null ? null : id === row.id ? 'new' : 'first', at: nearest(outcome) };
  }

  /** All that is stored, without what differs between worlds. */
  state(): Promise<unknown> {
    return this.db.tx(this.tenantId, async ({ prisma }) => {
      const place = (id: string): number => this.conversationIds.indexOf(id);
      const messages = await prisma.message.findMany({
        orderBy: [{ conversationId: 'asc' }, { seq: 'asc' }],
      });
      const heads = await prisma.conversationHead.findMany({ orderBy: { conversationId: 'asc' } });
      const participants = await prisma.participant.findMany({
        orderBy: [{ conversationId: 'asc' }, { userId: 'asc' }],
      });
      const events = await prisma.outbox.findMany();
      return {
        messages: messages.map(({ conversationId, createdAt, at, ...rest }) => ({
          ...rest,
          tenantId: '',
          id: '',
          conversation: place(conversationId),
          sameTime: createdAt.getTime() === at.getTime(),
        })),
        heads: heads.map(({ conversationId, lastSeq, messageCount, lastMessageAt }) => [
          place(conversationId),
          lastSeq,
          messageCount,
          lastMessageAt !== null,
        ]),
        participants: participants.map(({ conversationId, userId, ownAfterRead, lastSentAt }) => [
          place(conversationId),
          userId,
          ownAfterRead,
          lastSentAt !== null,
        ]),
        events: events
          .map(({ event, handlers, conversationId, seq, payload }) => {
            // An event of many messages has their places in its payload.
            const { conversationIds = [conversationId], seqs = [seq] } = payload as {
              conversationIds?: string[];
              seqs?: number[];
            };
            const places = conversationIds.map((id, index) => `${place(id ?? '')}:${seqs[index]}`);
            return `${event} ${handlers.join()} ${places.sort().join()}`;
          })
          .sort(),
      };
    });
  }
}

/** Which of the times it can be this is: a test takes less than a minute. */
function nearest({ at }: SendOutcomeRow): string {
  if (at === null) return 'none';
  const seconds = (at.getTime() - Date.now()) / 1e3;
  if (Math.abs(seconds) < 60) return 'now';
  return Math.abs(seconds - pauseSeconds) < 60 ? 'after the pause' : at.toISOString();
}

describe('a send by itself', () => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  it('is judged and stored as in a batch', async () => {
    const batches = await World.make(db, 'as a batch');
    const alone = await World.make(db, 'by itself');
    const seen = new Set<string>();
    const sends = fc.record({
      conversation: fc.nat({ max: settings.length }),
      user: fc.nat({ max: users.length - 1 }),
      key: fc.nat({ max: 40 }),
      body: fc.nat({ max: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(sends, async (send) => {
        const expected = await batches.send(send);
        expect(await alone.send(send)).toEqual(expected);
        seen.add((expected as SendOutcomeRow).outcome);
      }),
      { numRuns: 600, endOnFailure: true },
    );
    expect(await alone.state()).toEqual(await batches.state());
    expect([...seen].sort()).toEqual([
      'blocked',
      'closed',
      'created',
      'duplicate',
      'key_conflict',
      'not_member',
      'posting_denied',
      'slow_mode',
    ]);
  });
});
