import type { HistoryRecord, Received } from '../history/history.types';
import type { Evidence } from './evidence';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

export interface RevocationBounds {
  /** Milliseconds after the ack of a removal. */
  afterMs: number;
  /** The same while Redis is away, or was within that time. */
  withoutRedisMs: number;
}

/** I13: nothing reaches a user who is no participant, beyond the bound; and nothing that it sends is stored. */
export function* checkRevocation(
  evidence: Evidence,
  timelines: StoredTimelines,
  bounds: RevocationBounds,
): Generator<Finding> {
  yield* sendersAreMembers(timelines);
  yield* rowsAgree(timelines);
  const removals = removalTimes(evidence, timelines);
  const redisTroubles = troublesOf(evidence.records, 'redis');
  for (const record of evidence.records) {
    if (record.type !== 'recv' || record.event === 'void') continue;
    const timeline = timelines.get(record.conversation);
    if (timeline === undefined || timeline.mayRead(record.user, record.seq)) continue;
    const leftSeq = leftBefore(timeline, record);
    const removedAt =
      leftSeq === undefined ? -Infinity : removals.get(`${record.conversation} ${record.user}`)?.get(leftSeq);
    // Without an ack nobody was promised anything yet.
    if (removedAt === undefined) continue;
    const redisAway = redisTroubles.some(
      ({ from, to }) => from <= record.t && record.t <= to + bounds.withoutRedisMs,
    );
    if (record.t - removedAt <= (redisAway ? bounds.withoutRedisMs : bounds.afterMs)) continue;
    const when =
      leftSeq === undefined
        ? 'without ever being let in'
        : `${Math.round(record.t - removedAt)} ms after its removal was acked`;
    const { client, user, conversation, seq, id } = record;
    yield {
      invariant: 'I13',
      text: `${client} (${user}) got seq ${seq} ${when}`,
      subject: { client, user, conversation, seq, id },
    };
  }
}

function* sendersAreMembers(timelines: StoredTimelines): Generator<Finding> {
  for (const timeline of timelines.values()) {
    for (const { seq, id, sender, key } of timeline.messages) {
      const isMember = timeline
        .stays(sender)
        .some(({ joinedSeq, leftSeq }) => joinedSeq < seq && seq < leftSeq);
      if (isMember) continue;
      const subject = { conversation: timeline.id, seq, id, key, user: sender };
      yield {
        invariant: 'I13',
        text: `seq ${seq} was stored for ${sender}, who was no participant`,
        subject,
      };
    }
  }
}

function* rowsAgree(timelines: StoredTimelines): Generator<Finding> {
  for (const timeline of timelines.values()) {
    for (const row of timeline.stored.participants) {
      const stay = timeline.latestStay(row.userId);
      const leftSeq = row.leftSeq ?? Infinity;
      if (stay?.leftSeq === leftSeq && stay.visibleFrom === row.visibleFrom) continue;
      yield {
        invariant: 'I13',
        text: `the participant row of ${row.userId} is not what the changes of the timeline say`,
        subject: { conversation: timeline.id, user: row.userId },
      };
    }
  }
}

/** `conversation user` → seq of the leaving → when it was acked. */
function removalTimes(evidence: Evidence, timelines: StoredTimelines): Map<string, Map<number, number>> {
  const times = new Map<string, Map<number, number>>();
  for (const { call, outcome, endedAt, ackedBefore } of evidence.operationsOf('remove')) {
    if (outcome.type !== 'ok') continue;
    // REST answers with nothing: it is the leaving behind everything that was known before.
    const stays = timelines.get(call.conversation)?.stays(call.subject) ?? [];
    const next = stays.find((stay) => stay.leftSeq > ackedBefore && stay.leftSeq < Infinity)?.leftSeq;
    const leftSeq = outcome.result.leftSeq ?? next;
    if (leftSeq === undefined) continue;
    const name = `${call.conversation} ${call.subject}`;
    const bySeq = times.get(name) ?? new Map<number, number>();
    times.set(name, bySeq.set(leftSeq, endedAt));
  }
  return times;
}

/** The leaving that put this seq out of the user's sight; undefined where the user had not been in before it. */
function leftBefore(timeline: StoredTimeline, { user, seq }: Received): number | undefined {
  return timeline.stays(user).findLast(({ leftSeq }) => leftSeq < seq)?.leftSeq;
}

function troublesOf(records: readonly HistoryRecord[], kindPrefix: string): { from: number; to: number }[] {
  const troubles = new Map<number, { from: number; to: number }>();
  for (const record of records) {
    if (record.type === 'fault-start' && record.kind.startsWith(kindPrefix)) {
      troubles.set(record.fault, { from: record.t, to: Infinity });
    } else if (record.type === 'fault-end') {
      const trouble = troubles.get(record.fault);
      if (trouble !== undefined) trouble.to = record.t;
    }
  }
  return [...troubles.values()];
}
