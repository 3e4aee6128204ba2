import type { Place } from '../history/history.types';
import type { Evidence, Operation } from './evidence';
import type { FinalState, UserView } from './final-state.types';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

/** I8: what `sync` and the pages of history give has no hole, goes up to the present, and adds up to the whole history. */
export function* checkCatchUp(
  evidence: Evidence,
  timelines: StoredTimelines,
  final: FinalState,
): Generator<Finding> {
  for (const sync of evidence.operationsOf('sync')) yield* syncIsDense(sync);
  for (const page of evidence.operationsOf('page')) {
    yield* pageIsContiguous(page, timelines.get(page.call.conversation));
  }
  for (const view of final.views) {
    yield* viewIsWhole(view, timelines.get(view.conversation));
  }
  yield* everyReaderIsViewed(timelines, final);
}

function* syncIsDense({
  op,
  call,
  client,
  user,
  outcome,
  ackedBefore,
}: Operation<'sync'>): Generator<Finding> {
  if (outcome.type !== 'ok') return;
  const { places, head, more, gapTo, left } = outcome.result;
  const subject = { conversation: call.conversation, client, user, op };
  let expected = Math.max(call.after, gapTo ?? 0) + 1;
  for (const [seq] of places) {
    if (seq !== expected) {
      const text = `sync from ${call.after} gave seq ${seq} where ${expected} follows`;
      yield { invariant: 'I8', text, subject: { ...subject, seq: expected } };
      return;
    }
    expected = seq + 1;
  }
  if (!more && expected <= head) {
    const text = `sync from ${call.after} said that this is all, and ended at ${expected - 1} with the head at ${head}`;
    yield { invariant: 'I8', text, subject: { ...subject, seq: expected } };
  }
  if (left === undefined && head < ackedBefore) {
    const text = `sync said the head is ${head} after seq ${ackedBefore} had been acked`;
    yield { invariant: 'I8', text, subject: { ...subject, seq: ackedBefore } };
  }
}

function* pageIsContiguous(
  { op, call, client, user, outcome, ackedBefore }: Operation<'page'>,
  timeline: StoredTimeline | undefined,
): Generator<Finding> {
  if (outcome.type !== 'ok' || timeline === undefined) return;
  const { places, next } = outcome.result;
  // Who was in from the beginning for good sees everything; of the others only what lies between first and last is certain.
  const [stay] = timeline.stays(user);
  const always = stay !== undefined && stay.visibleFrom === 1 && stay.leftSeq === Infinity;
  const from = always ? call.after + 1 : (places[0]?.[0] ?? Infinity);
  const last = places.at(-1)?.[0] ?? call.after;
  const to = always && next === null ? Math.max(last, ackedBefore) : last;
  const missing = firstMissing(timeline, places, from, to);
  if (missing === undefined) return;
  yield {
    invariant: 'I8',
    text: `the page after ${call.after} left out seq ${missing}`,
    subject: { conversation: call.conversation, client, user, op, seq: missing },
  };
}

function* viewIsWhole(
  { user, conversation, places }: UserView,
  timeline: StoredTimeline | undefined,
): Generator<Finding> {
  const stay = timeline?.latestStay(user);
  if (timeline === undefined || stay === undefined) return;
  const missing = firstMissing(timeline, places, stay.visibleFrom, Math.min(stay.leftSeq, timeline.head));
  const subject = { conversation, user };
  if (missing !== undefined) {
    const text = `the pages of the API leave out seq ${missing} for ${user}`;
    yield { invariant: 'I8', text, subject: { ...subject, seq: missing } };
  }
  const foreign = places.find(([seq]) => seq < stay.visibleFrom || seq > stay.leftSeq);
  if (foreign !== undefined) {
    const text = `the pages of the API show seq ${foreign[0]} to ${user}, who may not read it`;
    yield { invariant: 'I13', text, subject: { ...subject, seq: foreign[0] } };
  }
}

function* everyReaderIsViewed(timelines: StoredTimelines, final: FinalState): Generator<Finding> {
  const viewed = new Set(final.views.map(({ user, conversation }) => `${user} ${conversation}`));
  for (const timeline of timelines.values()) {
    for (const user of timeline.users()) {
      if (viewed.has(`${user} ${timeline.id}`)) continue;
      const text = `the history was not read through the API as ${user}`;
      yield { invariant: 'I8', text, subject: { conversation: timeline.id, user } };
    }
  }
}

function firstMissing(
  timeline: StoredTimeline,
  places: readonly Place[],
  from: number,
  to: number,
): number | undefined {
  const given = new Set(places.map(([seq]) => seq));
  for (let seq = from; seq <= to; seq += 1) {
    if (timeline.at(seq)?.kind === 'message' && !given.has(seq)) return seq;
  }
  return undefined;
}
