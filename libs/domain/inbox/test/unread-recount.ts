import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Mention, ParticipantRole } from '@parley/contracts/wire';
import { MessageChangeService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { ThreadService } from '@parley/domain/threads';
import { Timeline } from '@parley/domain/timeline';
import { Db } from '@parley/platform/database';
import { createConversation, Domain, serverActor, userActor } from '@parley/testing';
import { ReadService } from '@parley/domain/inbox';

const users = ['ada', 'grace', 'linus'] as const;
type User = (typeof users)[number];

/** `at`: a share of the timeline as it is then, so that every place is meant as often. */
type Op =
  | { op: 'send'; user: User; kind: 'text' | 'system'; threadAt: number | null; mentions: Mention[] }
  | { op: 'edit'; at: number; mentions: Mention[] }
  | { op: 'role'; user: User; role: ParticipantRole }
  | { op: 'import'; user: User; threadAt: number | null }
  | { op: 'threadRead'; user: User; threadAt: number; at: number | null }
  | { op: 'follow'; user: User; threadAt: number; following: boolean }
  | { op: 'delete'; at: number }
  | { op: 'read'; user: User; at: number | null }
  | { op: 'unread'; user: User; at: number }
  | { op: 'join'; user: User }
  | { op: 'leave'; user: User };

const user = fc.constantFrom(...users);
// Not a double: nearly all of those that fast-check makes between 0 and 1 are next to 0.
const at = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const mention: fc.Arbitrary<Mention> = fc.oneof(
  { weight: 3, arbitrary: user.map((userId) => ({ userId })) },
  { weight: 1, arbitrary: fc.constantFrom('member' as const, 'admin' as const).map((role) => ({ role })) },
  { weight: 1, arbitrary: fc.constantFrom('all' as const, 'here' as const).map((group) => ({ group })) },
);
const mentions: fc.Arbitrary<Mention[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Mention[]>([]) },
  { weight: 1, arbitrary: fc.array(mention, { maxLength: 3 }) },
);
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      op: fc.constant('send' as const),
      user,
      kind: fc.constantFrom('text' as const, 'text' as const, 'text' as const, 'system' as const),
      threadAt: fc.option(at, { freq: 2 }),
      mentions,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('import' as const), user, threadAt: fc.option(at) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('threadRead' as const),
      user,
      threadAt: at,
      at: fc.option(at, { freq: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('follow' as const),
      user,
      threadAt: at,
      following: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('delete' as const), at }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('edit' as const), at, mentions }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('role' as const),
      user,
      role: fc.constantFrom('member' as const, 'admin' as const, 'guest' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('read' as const), user, at: fc.option(at, { freq: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('unread' as const), user, at }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('join' as const), user }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('leave' as const), user }) },
);

interface Place {
  seq: number;
  id: string;
  sender: string;
  key: string;
}

interface Standing {
  user_id: string;
  read_seq: string;
  last_seq: string;
  unread: string;
  recount: string;
  mentions: string;
  mentions_recount: string;
}

/** Compares what the counters say with a walk over all messages, after random histories of one conversation. */
export class UnreadRecount {
  private constructor(
    private readonly domain: Domain,
    private readonly admin: Client,
    private readonly tenantId: string,
  ) {}

  static async start(): Promise<UnreadRecount> {
    const domain = await Domain.start();
    const admin = new Client(domain.database.adminUrl);
    await admin.connect();
    return new UnreadRecount(domain, admin, await domain.tenant(...users));
  }

  async stop(): Promise<void> {
    await this.admin.end();
    await this.domain.stop();
  }

  /** `atOnce`: what is done together is done at the same time. */
  async check(runs: number, { atOnce }: { atOnce: boolean }): Promise<void> {
    // Long ones: a thread in which one replies twice and another reads between takes its time.
    const batch = fc.array(op, { minLength: 3, maxLength: 12, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 2, maxLength: 4, size: 'max' }), (batches) =>
        this.holds(batches, atOnce),
      ),
      { numRuns: runs, seed: 20_261_122 },
    );
  }

  private async holds(batches: Op[][], atOnce: boolean): Promise<void> {
    const conversationId = await createConversation(this.domain.get(Db), this.tenantId, [...users]);
    const marked = new Map<string, number>();
    for (const batch of batches) {
      // Refusals are part of it: somebody who left, a place that is not there.
      if (atOnce) await Promise.allSettled(batch.map((step) => this.carryOut(conversationId, step)));
      else for (const step of batch) await Promise.allSettled([this.carryOut(conversationId, step)]);
      for (const standing of await this.standings(conversationId)) {
        const { user_id, read_seq, last_seq, unread, mentions } = standing;
        expect({ user_id, unread, mentions }).toEqual({
          user_id,
          unread: standing.recount,
          mentions: standing.mentions_recount,
        });
        expect(Number(read_seq)).toBeGreaterThanOrEqual(marked.get(user_id) ?? 0);
        expect(Number(read_seq)).toBeLessThanOrEqual(Number(last_seq));
        marked.set(user_id, Number(read_seq));
      }
      for (const { is, recount } of await this.threads(conversationId)) expect(is).toEqual(recount);
      for (const follow of await this.follows(conversationId)) {
        const { user_id, root_seq, read_seq, is, recount } = follow;
        expect({ user_id, root_seq, ...is }).toEqual({ user_id, root_seq, ...recount });
        const place = `${user_id} ${root_seq}`;
        expect(read_seq).toBeGreaterThanOrEqual(marked.get(place) ?? 0);
        marked.set(place, read_seq);
      }
    }
  }

  private async lastSeq(conversationId: string): Promise<number> {
    const { rows } = await this.admin.query<{ last_seq: string }>(
      'SELECT last_seq FROM conversation_head WHERE conversation_id = $1',
      [conversationId],
    );
    return Number(rows[0]?.last_seq);
  }

  private async carryOut(conversationId: string, step: Op): Promise<unknown> {
    const seqAt = async (share: number) => 1 + Math.floor(share * (await this.lastSeq(conversationId)));
    switch (step.op) {
      case 'send': {
        const root = await this.rootAt(conversationId, step.threadAt);
        return this.domain.get(Timeline).send(this.tenantId, {
          c: conversationId,
          s: step.user,
          k: randomUUID(),
          h: '00',
          kind: step.kind,
          t: 'hello',
          ...(step.mentions.length === 0 ? {} : { m: step.mentions }),
          ...(root === undefined ? {} : { ts: root.seq, ti: root.id }),
        });
      }
      case 'import':
        return this.importMessage(conversationId, step.user, step.threadAt);
      case 'delete':
        return this.deleteMessage(conversationId, step.at);
      case 'edit':
        return this.editMessage(conversationId, step.at, step.mentions);
      case 'role':
        return this.domain
          .get(ParticipantService)
          .update(serverActor(this.tenantId), conversationId, step.user, { role: step.role });
      case 'threadRead':
      case 'follow':
        return this.inThread(conversationId, step);
      case 'read':
        return this.domain
          .get(ReadService)
          .mark(
            userActor(this.tenantId, step.user),
            conversationId,
            step.at === null ? null : await seqAt(step.at),
          );
      case 'unread':
        return this.domain
          .get(ReadService)
          .markUnread(userActor(this.tenantId, step.user), conversationId, await seqAt(step.at));
      case 'join':
        return this.domain
          .get(ParticipantService)
          .add(serverActor(this.tenantId), conversationId, [{ userId: step.user }]);
      case 'leave':
        return this.domain
          .get(ParticipantService)
          .remove(serverActor(this.tenantId), conversationId, step.user);
    }
  }

  private async importMessage(conversationId: string, s: User, threadAt: number | null): Promise<void> {
    const root = await this.rootAt(conversationId, threadAt);
    const thread = root === undefined ? {} : { rs: root.sender, rk: root.key };
    const row = { s, k: randomUUID(), h: '00', t: 'old', at: '2020-01-01T00:00:00Z', ...thread };
    await this.domain.get(Db).tx(this.tenantId, async (tx) => {
      await this.domain.get(Timeline).lock(tx, conversationId);
      await this.domain.get(Timeline).importMessages(tx, conversationId, [row]);
    });
  }

  private async inThread(
    conversationId: string,
    step: Extract<Op, { op: 'threadRead' | 'follow' }>,
  ): Promise<unknown> {
    const root = await this.rootAt(conversationId, step.threadAt);
    if (root === undefined) return;
    const threads = this.domain.get(ThreadService);
    const actor = userActor(this.tenantId, step.user);
    if (step.op === 'follow') return threads.follow(actor, conversationId, root.id, step.following);
    const last = await this.lastSeq(conversationId);
    const seq = step.at === null ? null : 1 + Math.floor(step.at * last);
    return threads.read(actor, conversationId, root.id, seq);
  }

  /** The first ones most often: many short threads would meet little. */
  private async rootAt(conversationId: string, share: number | null): Promise<Place | undefined> {
    return share === null ? undefined : this.messageAt(conversationId, share ** 3);
  }

  /** `roots`: only those that a thread can begin with. */
  private async messageAt(conversationId: string, share: number, roots = true): Promise<Place | undefined> {
    const { rows } = await this.admin.query<{ seq: string; id: string; sender: string; key: string }>(
      `SELECT seq, id, sender, client_message_id AS key FROM message
        WHERE conversation_id = $1 ${roots ? 'AND thread_root IS NULL' : ''} ORDER BY seq`,
      [conversationId],
    );
    const row = rows[Math.floor(share * (rows.length - 1))];
    return row === undefined ? undefined : { ...row, seq: Number(row.seq) };
  }

  private async editMessage(conversationId: string, share: number, mentions: Mention[]): Promise<void> {
    const message = await this.messageAt(conversationId, share, false);
    if (message === undefined) return;
    await this.domain
      .get(MessageChangeService)
      .edit(userActor(this.tenantId, message.sender), conversationId, message.id, { mentions });
  }

  private async deleteMessage(conversationId: string, share: number): Promise<void> {
    const message = await this.messageAt(conversationId, share, false);
    if (message === undefined) return;
    await this.domain
      .get(MessageChangeService)
      .delete(serverActor(this.tenantId), conversationId, message.id);
  }

  /** The counters of all threads, and a recount of them. */
  private async threads(conversationId: string): Promise<{ is: object; recount: object }[]> {
    const { rows } = await this.admin.query<{ is: object; recount: object }>(
      `SELECT json_build_object('root', r.root, 'replies', coalesce(t.reply_count, 0), 'seq', coalesce(t.last_seq, 0),
                                'at', t.last_reply_at) AS is,
              json_build_object('root', r.root, 'replies', r.replies, 'seq', r.seq, 'at', r.at) AS recount
         FROM (SELECT m.thread_root AS root, count(*) FILTER (WHERE m.deleted_at IS NULL) AS replies, max(m.seq) AS seq,
                      (array_agg(m.at ORDER BY m.seq DESC) FILTER (WHERE m.deleted_at IS NULL))[1] AS at
                 FROM message m
                WHERE m.conversation_id = $1 AND m.thread_root IS NOT NULL AND m.kind <> 'system'
                GROUP BY m.thread_root) r
         LEFT JOIN thread t ON t.conversation_id = $1 AND t.root_seq = r.root`,
      [conversationId],
    );
    return rows;
  }

  /** What is unread in every thread for every follower, and its own replies; and a recount of them. */
  private async follows(
    conversationId: string,
  ): Promise<{ user_id: string; root_seq: string; read_seq: number; is: object; recount: object }[]> {
    const { rows } = await this.admin.query<{
      user_id: string;
      root_seq: string;
      read_seq: string;
      is: object;
      recount: object;
    }>(
      `SELECT f.user_id, f.root_seq, f.read_seq,
              json_build_object('unread', v.unread, 'replies', f.reply_count) AS is,
              json_build_object('unread', CASE WHEN v.user_id IS NOT NULL THEN
                (SELECT count(*) FROM message m
                  WHERE m.conversation_id = f.conversation_id AND m.thread_root = f.root_seq AND m.seq > f.read_seq
                    AND m.sender <> f.user_id AND m.kind <> 'system' AND NOT m.imported AND m.deleted_at IS NULL) END,
                'replies',
                (SELECT count(*) FROM message m
                  WHERE m.conversation_id = f.conversation_id AND m.thread_root = f.root_seq AND m.sender = f.user_id
                    AND m.kind <> 'system' AND m.deleted_at IS NULL)) AS recount
         FROM thread_follower f
         LEFT JOIN followed_thread_v1 v ON v.tenant_id = f.tenant_id AND v.conversation_id = f.conversation_id
                                       AND v.user_id = f.user_id AND v.root_seq = f.root_seq
        WHERE f.conversation_id = $1`,
      [conversationId],
    );
    return rows.map((row) => ({ ...row, read_seq: Number(row.read_seq) }));
  }

  /** What the counters say, and what a walk over all messages says. */
  private async standings(conversationId: string): Promise<Standing[]> {
    const { rows } = await this.admin.query<Standing>(
      `SELECT v.user_id, v.read_seq, v.last_seq, v.unread,
              (SELECT count(*) FROM message m
                WHERE m.conversation_id = v.conversation_id AND m.seq >= v.visible_from
                  AND m.seq > coalesce(v.unread_from_seq - 1, v.read_seq) AND m.sender <> v.user_id
                  AND m.kind <> 'system' AND m.thread_root IS NULL AND NOT m.imported
                  AND m.deleted_at IS NULL) AS recount,
              v.mentions,
              (SELECT count(*) FROM message m
                WHERE m.conversation_id = v.conversation_id AND m.seq >= v.visible_from
                  AND m.seq > coalesce(v.unread_from_seq - 1, v.read_seq) AND m.sender <> v.user_id
                  AND NOT m.imported AND m.deleted_at IS NULL
                  AND EXISTS (SELECT 1 FROM jsonb_array_elements(m.mentions) e
                               WHERE e.value->>'userId' = v.user_id OR e.value->>'role' = v.role
                                  OR e.value ? 'group')) AS mentions_recount
         FROM membership_v2 v WHERE v.conversation_id = $1`,
      [conversationId],
    );
    return rows;
  }
}
