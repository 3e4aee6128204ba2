import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Mention, ParticipantRole } from '@parley/contracts/wire';
import { MessageChangeService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
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
  | { op: 'import'; user: User }
  | { op: 'delete'; at: number }
  | { op: 'read'; user: User; at: number | null }
  | { op: 'unread'; user: User; at: number }
  | { op: 'join'; user: User }
  | { op: 'leave'; user: User };

const user = fc.constantFrom(...users);
const at = fc.double({ min: 0, max: 1, noNaN: true });
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
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('send' as const),
      user,
      kind: fc.constantFrom('text' as const, 'text' as const, 'text' as const, 'system' as const),
      threadAt: fc.option(at, { freq: 4 }),
      mentions,
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('import' as const), user }) },
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
    const batch = fc.array(op, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), (batches) =>
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
        const root = step.threadAt === null ? undefined : await this.messageAt(conversationId, step.threadAt);
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
        return this.domain.get(Db).tx(this.tenantId, async (tx) => {
          await this.domain.get(Timeline).lock(tx, conversationId);
          const row = { s: step.user, k: randomUUID(), h: '00', t: 'old', at: '2020-01-01T00:00:00Z' };
          await this.domain.get(Timeline).importMessages(tx, conversationId, [row]);
        });
      case 'delete':
        return this.deleteMessage(conversationId, step.at);
      case 'edit':
        return this.editMessage(conversationId, step.at, step.mentions);
      case 'role':
        return this.domain
          .get(ParticipantService)
          .update(serverActor(this.tenantId), conversationId, step.user, { role: step.role });
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

  /** `roots`: only those that a thread can begin with. */
  private async messageAt(
    conversationId: string,
    share: number,
    roots = true,
  ): Promise<{ seq: number; id: string; sender: string } | undefined> {
    const { rows } = await this.admin.query<{ seq: string; id: string; sender: string }>(
      `SELECT seq, id, sender FROM message
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
