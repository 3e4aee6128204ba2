import type { Place } from '../history/history.types';
import type { Evidence } from './evidence';
import type { FinalState } from './final-state.types';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

/** I4: seq is 1 … N without holes, everybody saw the same id at each seq, and nobody saw a later one first. */
export function* checkTotalOrder(
  evidence: Evidence,
  timelines: StoredTimelines,
  final: FinalState,
): Generator<Finding> {
  for (const timeline of timelines.values()) yield* dense(timeline);
  for (const view of final.views) {
    yield* samePlaces(timelines.get(view.conversation), view.places, { user: view.user });
  }
  yield* answers(evidence, timelines);
  yield* observations(evidence, timelines);
}

function* dense(timeline: StoredTimeline): Generator<Finding> {
  let expected = 1;
  for (const { seq, id } of timeline.entries) {
    const subject = { conversation: timeline.id, seq, id };
    if (seq > expected) yield { invariant: 'I4', text: `hole: nothing stands at seq ${expected}`, subject };
    else if (seq < expected) yield { invariant: 'I4', text: `seq ${seq} was given twice`, subject };
    expected = seq + 1;
  }
  if (timeline.head !== expected - 1) {
    const text = `the head says ${timeline.head} and the newest entry has seq ${expected - 1}`;
    yield { invariant: 'I4', text, subject: { conversation: timeline.id, seq: timeline.head } };
  }
}

function* answers(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const { call, outcome, op, user, client } of evidence.operations) {
    if (outcome.type !== 'ok' || !('conversation' in call) || !('places' in outcome.result)) continue;
    yield* samePlaces(timelines.get(call.conversation), outcome.result.places, { op, user, client });
  }
}

function* observations(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  const applied = new Map<string, number>();
  const live = new LiveOrder();
  for (const record of evidence.records) {
    if (record.type !== 'recv' && record.type !== 'apply') continue;
    const { conversation, seq, id, client, user } = record;
    const subject = { conversation, seq, id, client, user };
    yield* samePlaces(timelines.get(conversation), [[seq, id]], { client, user });
    if (record.type === 'apply') {
      const name = `${client} ${conversation}`;
      const before = applied.get(name) ?? 0;
      // The same one again is a matter of I7.
      if (seq < before)
        yield { invariant: 'I4', text: `${client} applied seq ${seq} after seq ${before}`, subject };
      else applied.set(name, seq);
      continue;
    }
    const later = record.via === 'live' ? live.laterThan(record) : undefined;
    if (later !== undefined) {
      yield { invariant: 'I4', text: `${client} got seq ${seq} live after seq ${later}`, subject };
    }
  }
}

/** What came late over one connection: a first receipt of a seq behind one that came before. */
class LiveOrder {
  private readonly newest = new Map<string, number>();
  private readonly seen = new Set<string>();

  /** The later seq that came before this one; undefined where the order is right, or where it is only a repeat. */
  laterThan(record: {
    client: string;
    connection: number;
    conversation: string;
    seq: number;
  }): number | undefined {
    const line = `${record.client} ${record.connection} ${record.conversation}`;
    const place = `${line} ${record.seq}`;
    const newest = this.newest.get(line) ?? 0;
    if (record.seq <= newest && !this.seen.has(place)) return newest;
    this.newest.set(line, Math.max(newest, record.seq));
    this.seen.add(place);
    return undefined;
  }
}

function* samePlaces(
  timeline: StoredTimeline | undefined,
  places: readonly Place[],
  who: Finding['subject'],
): Generator<Finding> {
  for (const [seq, id] of places) {
    const stored = timeline?.at(seq);
    // A void has no id.
    if (stored?.id === id || (stored !== undefined && id === '')) continue;
    const there = stored === undefined ? 'nothing' : stored.id;
    yield {
      invariant: 'I4',
      text: `${who.client ?? who.user ?? 'somebody'} saw ${id} at seq ${seq}, where ${there} is stored`,
      subject: { ...who, ...(timeline ? { conversation: timeline.id } : {}), seq, id },
    };
  }
}
