import type { ClientTimeline, Deliveries } from './deliveries';
import type { Evidence } from './evidence';
import type { Stay, StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

/** I6: in the end every client had exactly what its user may see; a stay that was over before it heard of it may be passed over. */
export function* checkComplete(timelines: StoredTimelines, deliveries: Deliveries): Generator<Finding> {
  for (const { timeline, had, stays } of memberships(timelines, deliveries)) {
    for (const stay of stays) {
      yield* report('I6', 'never had', had, missingOf(timeline, stay, had, Infinity));
    }
  }
}

/**
 * I18: whoever is a member had everything when the quiet time was over, nobody needed to reconnect for it, and no call was left
 * without an end.
 */
export function* checkLive(
  evidence: Evidence,
  timelines: StoredTimelines,
  deliveries: Deliveries,
): Generator<Finding> {
  const quiet = evidence.mark('quiet');
  const end = evidence.mark('end');
  if (end === Infinity) {
    yield {
      invariant: 'I18',
      text: 'the run never came to rest: there was no quiet time to judge',
      subject: {},
    };
    return;
  }
  for (const { timeline, had, stays } of memberships(timelines, deliveries)) {
    const last = stays.at(-1);
    if (last?.leftSeq !== Infinity) continue;
    yield* report('I18', 'without a reconnect did not have', had, missingOf(timeline, last, had, end));
  }
  yield* restlessness(evidence, quiet, end);
}

/** I7: the app got nothing twice; and the wire carries hardly anything twice. */
export function* checkOnce(evidence: Evidence, duplicateShareMax: number): Generator<Finding> {
  const applied = new Set<string>();
  for (const record of evidence.records) {
    if (record.type !== 'apply' || record.event === 'void') continue;
    const { client, user, conversation, seq, id } = record;
    const name = `${client} ${id}`;
    if (applied.has(name)) {
      const subject = { client, user, conversation, seq, id };
      yield { invariant: 'I7', text: `${client} surfaced seq ${seq} twice`, subject };
    }
    applied.add(name);
  }
  const { received, repeated } = wireDuplicates(evidence);
  if (repeated > received * duplicateShareMax) {
    const text = `${repeated} of ${received} events came twice over the wire, more than ${duplicateShareMax * 100} %`;
    yield { invariant: 'I7', text, subject: {} };
  }
}

/** What was pushed to a client that had it already. What a client asks for by `sync` it may get again: it said from where. */
export function wireDuplicates({ records }: Evidence): { received: number; repeated: number } {
  const seen = new Set<string>();
  let received = 0;
  let repeated = 0;
  for (const record of records) {
    if (record.type !== 'recv' || record.event === 'void') continue;
    const name = `${record.client} ${record.id}`;
    received += 1;
    if (record.via === 'live' && seen.has(name)) repeated += 1;
    seen.add(name);
  }
  return { received, repeated };
}

function* memberships(
  timelines: StoredTimelines,
  deliveries: Deliveries,
): Generator<{ timeline: StoredTimeline; had: ClientTimeline; stays: Stay[] }> {
  for (const timeline of timelines.values()) {
    for (const [client, { user, tenant }] of deliveries.owners) {
      if (tenant !== timeline.tenant) continue;
      const stays = timeline.stays(user);
      if (stays.length > 0) yield { timeline, had: deliveries.of(client, user, timeline.id), stays };
    }
  }
}

function missingOf(timeline: StoredTimeline, stay: Stay, had: ClientTimeline, byWhen: number): number[] {
  const isOver = stay.leftSeq < Infinity;
  const missing: number[] = [];
  let began = !isOver;
  for (let seq = stay.visibleFrom; seq <= Math.min(stay.leftSeq, timeline.head); seq += 1) {
    const entry = timeline.at(seq);
    if (entry === undefined) continue;
    if (had.had(seq, entry.kind === 'message', byWhen)) began = true;
    // Of a stay that is over, only the last one can still be asked for; a gap then names what cannot.
    else if (began && !(isOver && had.toldOfGap(seq))) missing.push(seq);
  }
  return missing;
}

function* report(
  invariant: 'I6' | 'I18',
  what: string,
  had: ClientTimeline,
  missing: number[],
): Generator<Finding> {
  const [first] = missing;
  if (first === undefined) return;
  const { client, user, conversation } = had;
  const range = missing.length === 1 ? `seq ${first}` : `${missing.length} seqs from ${first} on`;
  yield {
    invariant,
    text: `${client} (${user}) ${what} ${range}`,
    subject: { client, user, conversation, seq: first },
  };
}

// The quiet time proves something only if nobody did what would have brought the missing things by itself.
function* restlessness(evidence: Evidence, quiet: number, end: number): Generator<Finding> {
  for (const record of evidence.records) {
    if (record.t < quiet || record.t > end) continue;
    if (record.type === 'connect' || record.type === 'disconnect') {
      const { client, user } = record;
      const text = `${client} had to ${record.type === 'connect' ? 'reconnect' : 'let its connection go'} in the quiet time`;
      yield { invariant: 'I18', text, subject: { client, user } };
    }
  }
  for (const { op, call, client, user, endedAt, invokedAt } of evidence.operations) {
    const subject = { op, client, user };
    if (endedAt === Infinity)
      yield { invariant: 'I18', text: `the ${call.name} ${op} never came to an end`, subject };
    if (invokedAt >= quiet && invokedAt <= end && call.name !== 'sync') {
      yield { invariant: 'I18', text: `a ${call.name} was asked for in the quiet time`, subject };
    }
  }
}
