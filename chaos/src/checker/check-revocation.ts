import type { Call, HistoryRecord, Received } from '../history/history.types';
import type { Evidence, Operation } from './evidence';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

export interface RevocationBounds {
  /** Milliseconds after the ack of a removal or a ban. */
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
  yield* banHolds(evidence);
  const leavings = leavingsOf(evidence, timelines);
  yield* leftIndeed(leavings);
  const redisTroubles = troublesOf(evidence.records, 'redis');
  for (const record of evidence.records) {
    if (record.type !== 'recv' || record.event === 'void') continue;
    const timeline = timelines.get(record.conversation);
    if (timeline === undefined || timeline.mayRead(record.user, record.seq)) continue;
    const leftSeq = leftBefore(timeline, record);
    const removedAt =
      leftSeq === undefined
        ? -Infinity
        : leavings.times.get(`${record.conversation} ${record.user}`)?.get(leftSeq);
    // Without an ack nobody was promised anything yet.
    if (removedAt === undefined) continue;
    const redisAway = redisTroubles.some(
      ({ from, to }) => from <= record.t && record.t <= to + bounds.withoutRedisMs,
    );
    if (record.t - removedAt <= (redisAway ? bounds.withoutRedisMs : bounds.afterMs)) continue;
    const when =
      leftSeq === undefined
        ? 'without ever being let in'
        : `${Math.round(record.t - removedAt)} ms after its leaving was acked`;
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
type LeavingTimes = Map<string, Map<number, number>>;

interface Leavings {
  times: LeavingTimes;
  /** Acked, and nobody left. */
  vain: Operation<'remove' | 'ban'>[];
}

/** A removal or a ban with its repeats, up to the first definite answer. */
interface Chain {
  /** What was known before its first attempt. */
  ackedBefore: number;
  last: Operation<'remove' | 'ban'>;
}

function leavingsOf(evidence: Evidence, timelines: StoredTimelines): Leavings {
  const chains = chainsOf(evidence);
  const times: LeavingTimes = new Map();
  const vain: Leavings['vain'] = [];
  const note = ({ call, endedAt }: Chain['last'], leftSeq: number): void => {
    const name = `${call.conversation} ${call.subject}`;
    times.set(name, (times.get(name) ?? new Map<number, number>()).set(leftSeq, endedAt));
  };
  const untold: Chain[] = [];
  for (const chain of chains) {
    const leftSeq = toldLeaving(chain.last);
    if (leftSeq === undefined) untold.push(chain);
    else note(chain.last, leftSeq);
  }
  for (const { last, ackedBefore } of untold) {
    const { conversation, subject } = last.call;
    const taken = times.get(`${conversation} ${subject}`);
    // Where the answer does not say it: the leaving behind everything that was known before, and of no other call.
    const leaving = timelines
      .get(conversation)
      ?.stays(subject)
      .find(({ leftSeq }) => leftSeq > ackedBefore && leftSeq < Infinity && taken?.has(leftSeq) !== true);
    if (leaving === undefined) vain.push(last);
    else note(last, leaving.leftSeq);
  }
  return { times, vain };
}

function chainsOf({ operations }: Evidence): Chain[] {
  const begun = new Map<string, number>();
  const chains: Chain[] = [];
  for (const operation of operations) {
    const { call, outcome, ackedBefore } = operation;
    if (call.name !== 'remove' && call.name !== 'ban') continue;
    const name = `${call.conversation} ${call.subject}`;
    const first = begun.get(name) ?? ackedBefore;
    if (outcome.type === 'unknown') begun.set(name, first);
    else begun.delete(name);
    if (outcome.type === 'ok') chains.push({ ackedBefore: first, last: operation as Chain['last'] });
  }
  return chains;
}

function toldLeaving({ outcome }: Chain['last']): number | undefined {
  return outcome.type === 'ok' && outcome.result.name === 'remove' ? outcome.result.leftSeq : undefined;
}

function* leftIndeed({ vain }: Leavings): Generator<Finding> {
  for (const { call, op } of vain) {
    const { conversation, subject: user } = call;
    const text = `the ${call.name} of ${user} was acked, and it did not leave`;
    yield { invariant: 'I13', text, subject: { conversation, user, op } };
  }
}

/** Nobody is let in from the ack of a ban until somebody wants to lift it. */
function* banHolds({ records }: Evidence): Generator<Finding> {
  const banned = new Set<string>();
  const open = new Map<number, { call: Call; wasBanned: boolean }>();
  for (const record of records) {
    if (record.type === 'invoke' && 'subject' in record.call) {
      const name = `${record.call.conversation} ${record.call.subject}`;
      if (record.call.name === 'unban') banned.delete(name);
      open.set(record.op, { call: record.call, wasBanned: banned.has(name) });
    } else if (record.type === 'ok') {
      const { call, wasBanned } = open.get(record.op) ?? {};
      if (call === undefined || !('subject' in call)) continue;
      const { conversation, subject: user } = call;
      const name = `${conversation} ${user}`;
      if (call.name === 'ban') banned.add(name);
      if (call.name !== 'add' || wasBanned !== true || !banned.has(name)) continue;
      const text = `${user} was let in while it was banned`;
      yield { invariant: 'I13', text, subject: { conversation, user, op: record.op } };
    }
  }
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
