import type { Invariant } from '../checker/verdict.types';
import { smokeProfile, type Profile } from '../profiles';
import type { Patch } from '../system/product-copy';

/** A fault that is planted into a copy of the product, to see whether the checker and its faults find it. */
export interface Mutant {
  name: string;
  patches: Patch[];
  /** Statements for the database, besides the patched functions. */
  sql?: string[];
  /** Any of these proves that it was found. */
  expects: Invariant[];
  /** A smaller run that is enough to find it; one that has it is proved by the specs too. */
  focus?: Partial<Profile>;
  /** Planted together with the others of its batch, which break other invariants: one run proves them all. */
  batch?: 'first' | 'second';
}

/** Enough where any traffic shows it. */
const calm: Partial<Profile> = {
  messages: 600,
  faults: 2,
  kinds: ['redis-flush'],
  quietMs: 1_000,
  reconcileMs: 300,
};

/** For what shows two seconds after somebody was shut out. Redis stays: without it that takes five, half of the run. */
const longer: Partial<Profile> = { ...calm, messages: 1_500, kinds: ['worker-kill'] };

const hotConnection = 'dist/libs/platform/database/src/hot-connection.js';
const messageService = 'dist/libs/domain/messages/src/message.service.js';
const syncService = 'dist/libs/domain/sync/src/sync.service.js';
const syncPlan = 'dist/libs/domain/sync/src/sync-plan.js';
const eventView = 'dist/libs/domain/timeline/src/event.view.js';
const messageAccess = 'dist/libs/domain/participants/src/message-access.js';
const liveDelivery = 'dist/apps/gateway/src/live/live-delivery.js';
const tenantLive = 'dist/apps/gateway/src/live/tenant-live.js';
const sequencer = 'dist/apps/gateway/src/live/sequencer.js';
const sendFunction = 'prisma/sql/timeline_send_v5.sql';
const sendOneFunction = 'prisma/sql/timeline_send_one_v2.sql';
const pageFunction = 'prisma/sql/timeline_page_v1.sql';
const editFunction = 'prisma/sql/timeline_edit_v2.sql';
const readFunction = 'prisma/sql/read_mark_v2.sql';
const membershipView = 'prisma/sql/membership_v2.sql';
const tailFunction = 'prisma/sql/system_tail_v1.sql';

/** What a send returns is in the transaction, and the transaction ends a moment later. */
const answerBeforeCommit: Patch = {
  file: hotConnection,
  find: 'const { rows, fields } = await (0, hot_query_1.callNamed)(client, { name, text, values }, this.columns.get(name));',
  replace: `if (name.startsWith('timeline_send_')) client.query('BEGIN').catch(() => undefined);
            const { rows, fields } = await (0, hot_query_1.callNamed)(client, { name, text, values }, this.columns.get(name));
            if (name.startsWith('timeline_send_')) setTimeout(() => client.query('COMMIT').catch(() => undefined), 100);`,
};

export const mutants: readonly Mutant[] = [
  {
    name: 'ack before commit',
    focus: { ...calm, faults: 6, kinds: ['postgres-terminate', 'postgres-restart', 'postgres-crash'] },
    patches: [answerBeforeCommit],
    expects: ['I1'],
  },
  {
    name: 'ack before the commit is on the disk',
    patches: [],
    sql: ['ALTER ROLE parley_app SET synchronous_commit = off'],
    expects: ['I1'],
  },
  {
    name: 'publish before commit',
    focus: { ...calm, faults: 6, kinds: ['postgres-terminate', 'postgres-restart', 'postgres-crash'] },
    patches: [
      answerBeforeCommit,
      {
        file: messageService,
        find: 'this.publisher.publish([(0, timeline_1.busEvent)(tenantId, (0, timeline_1.messageCreated)(result.message))]);',
        replace: `this.publisher.publish([(0, timeline_1.busEvent)(tenantId, (0, timeline_1.messageCreated)(result.message))]);
        await new Promise((resolve) => setTimeout(resolve, 200));`,
      },
    ],
    expects: ['I4'],
  },
  {
    name: 'neither duplicate look-up nor unique key',
    focus: calm,
    patches: [
      {
        file: sendFunction,
        find: 'x.client_message_id <= r.k\n',
        replace: 'x.client_message_id <= r.k AND false\n',
      },
      {
        file: sendOneFunction,
        find: 'ON CONFLICT (sender, conversation_id, client_message_id, tenant_id) DO NOTHING;',
        replace: ';',
      },
    ],
    sql: ['DROP INDEX message_sender_conversation_id_client_message_id_tenant_id_key'],
    expects: ['I3'],
  },
  {
    name: 'retry as a new message',
    focus: calm,
    patches: [
      {
        file: sendFunction,
        find: `WHEN d.seq IS NOT NULL AND d.body_hash = decode(r.h, 'hex') THEN 'duplicate'`,
        replace: `WHEN d.seq IS NOT NULL AND d.body_hash = decode(r.h, 'hex') THEN 'created'`,
      },
      {
        file: sendFunction,
        find: 'n.id, n.s, n.k, decode',
        replace: `n.id, n.s, CASE WHEN n.first_seq IS NULL THEN n.k ELSE n.id::text END, decode`,
      },
      {
        file: sendOneFunction,
        find: 'p_id, p_sender, p_key, decode',
        replace: `p_id, p_sender, CASE WHEN EXISTS (
           SELECT 1 FROM message x
            WHERE x.conversation_id = p_conversation AND x.sender = p_sender AND x.client_message_id = p_key)
         THEN p_id::text ELSE p_key END, decode`,
      },
    ],
    expects: ['I3'],
  },
  {
    name: 'order by time of arrival',
    focus: calm,
    patches: [
      {
        file: sequencer,
        find: 'if (this.stopped || event.seq <= this.last)\n            return;',
        replace: `if (this.stopped)
            return;
        this.last = Math.max(this.last, event.seq);
        this.reached = this.known = Math.max(this.known, event.seq);
        this.ports.deliver(event, false);
        return;`,
      },
    ],
    expects: ['I4'],
  },
  {
    name: 'no eviction on removal',
    focus: longer,
    patches: [
      {
        file: tenantLive,
        find: 'if (entry === undefined || entry.asOf >= seq)\n            return;\n        this.index.remove(conversationId, userId);',
        replace: 'return;',
      },
    ],
    expects: ['I13'],
  },
  {
    name: 'no eviction on a ban',
    focus: longer,
    patches: [
      {
        file: eventView,
        find: "if (event.type === 'participant.left') {",
        replace: "if (event.type === 'participant.left' && event.data.reason !== 'banned') {",
      },
    ],
    expects: ['I13'],
  },
  {
    name: 'sends of removed members are stored',
    patches: [
      {
        file: sendFunction,
        find: `WHEN p.user_id IS NULL OR p.left_seq IS NOT NULL THEN 'not_member'`,
        replace: `WHEN p.user_id IS NULL THEN 'not_member'`,
      },
      {
        file: sendOneFunction,
        find: 'AND p.left_seq IS NULL\n',
        replace: '\n',
      },
    ],
    expects: ['I13'],
  },
  {
    name: 'sync skips a page',
    focus: {
      ...calm,
      messages: 1_200,
      faults: 6,
      kinds: ['gateway-kill', 'gateway-stop', 'connections-pause'],
    },
    patches: [
      { file: syncService, find: 'wire_1.limits.syncMaxEvents', replace: '20' },
      { file: syncPlan, find: 'more: reached < to,', replace: 'more: false,' },
    ],
    expects: ['I8'],
  },
  {
    name: 'history skips at the edge of a page',
    patches: [
      {
        file: pageFunction,
        find: `  ELSE
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq BETWEEN p_low AND p_high`,
        replace: `  ELSE
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > p_low + (p_low > 1)::int AND m.seq <= p_high`,
      },
    ],
    expects: ['I8'],
  },
  {
    name: 'no tail',
    focus: { ...calm, quietMs: smokeProfile.quietMs },
    patches: [
      {
        file: tailFunction,
        find: 'FROM head h LEFT JOIN joined j USING (tenant_id, conversation_id)',
        replace: 'FROM head h LEFT JOIN joined j USING (tenant_id, conversation_id) WHERE false',
      },
    ],
    expects: ['I18'],
  },
  {
    name: 'an edit does not raise the version',
    focus: calm,
    batch: 'first',
    patches: [{ file: editFunction, find: 'version = m.version + 1', replace: 'version = m.version' }],
    expects: ['I9'],
  },
  {
    name: 'an edit brings a deleted message back',
    focus: calm,
    batch: 'second',
    patches: [
      {
        file: messageAccess,
        find: "throw new wire_1.AppError('message.deleted');",
        replace: ';',
      },
      {
        file: editFunction,
        find: 'LIMIT 1;\n  RETURN QUERY',
        replace: 'LIMIT 1 ON CONFLICT DO NOTHING;\n  RETURN QUERY',
      },
      { file: editFunction, find: 'edited_at = p_at', replace: 'edited_at = p_at, deleted_at = NULL' },
    ],
    expects: ['I9'],
  },
  {
    name: 'a read mark falls',
    focus: calm,
    batch: 'second',
    patches: [
      {
        file: readFunction,
        find: 'v_to := greatest(v_own.read_seq, least(coalesce(p_seq, v_last), v_last));',
        replace: 'v_to := least(coalesce(p_seq, v_last), v_last);',
      },
      { file: readFunction, find: 'v_changed := v_to > v_own', replace: 'v_changed := v_to <> v_own' },
    ],
    expects: ['I10'],
  },
  {
    name: 'unread counts own messages',
    focus: calm,
    batch: 'first',
    patches: [
      {
        file: membershipView,
        find: 'h.message_count - p.read_ordinal - p.own_after_read',
        replace: 'h.message_count - p.read_ordinal',
      },
    ],
    expects: ['I11'],
  },
  {
    name: 'sockets are found by their user alone',
    focus: calm,
    batch: 'second',
    patches: [
      {
        file: liveDelivery,
        find: 'this.connections.send(tenantId, userId, frame);',
        replace: 'for (const tenant of this.tenants.keys()) this.connections.send(tenant, userId, frame);',
      },
    ],
    expects: ['I14'],
  },
  {
    name: 'unread counts deleted messages',
    patches: [
      {
        file: membershipView,
        find: 'm.deleted_at IS NOT NULL AND m.ordinal IS NOT NULL',
        replace: 'false',
      },
    ],
    expects: ['I11'],
  },
];

/** The mutants by the runs that prove them: those of a batch together, the others each alone. */
export function runsOf(planted: readonly Mutant[]): Mutant[][] {
  const runs = new Map<string, Mutant[]>();
  for (const mutant of planted) {
    const name = mutant.batch ?? mutant.name;
    runs.set(name, [...(runs.get(name) ?? []), mutant]);
  }
  return [...runs.values()];
}
