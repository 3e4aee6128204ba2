import type { Sight } from '../history/history.types';
import { brief } from '../history/sight';
import type { Evidence, Operation } from './evidence';
import type { FinalState, StoredMessage } from './final-state.types';
import { KnownVersions, sightsIn } from './known-versions';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding, Subject } from './verdict.types';

/** I9: the version of a message rises with each edit, nobody sees anything else, and what was deleted stays deleted. */
export function* checkVersions(
  evidence: Evidence,
  timelines: StoredTimelines,
  final: FinalState,
): Generator<Finding> {
  const asked = askedChanges(evidence);
  for (const timeline of timelines.values()) {
    for (const message of timeline.messages) yield* chainIsWhole(timeline, message, asked);
  }
  yield* acksHold(evidence, timelines);
  yield* seenLive(evidence, timelines);
  yield* readLater(evidence, timelines);
  for (const { user, conversation, sights } of final.views) {
    const timeline = timelines.get(conversation);
    for (const sight of sights) yield* isFinal(timeline, sight, { user });
  }
}

/** `id of the message` → what calls that did not fail for certain wanted of it. */
interface Asked {
  texts: Map<string, Set<string>>;
  deletions: Set<string>;
}

function askedChanges({ operations }: Evidence): Asked {
  const asked: Asked = { texts: new Map(), deletions: new Set() };
  for (const { call, outcome } of operations) {
    if (outcome.type === 'fail') continue;
    if (call.name === 'delete') asked.deletions.add(call.message);
    if (call.name !== 'edit') continue;
    const texts = asked.texts.get(call.message) ?? new Set();
    asked.texts.set(call.message, texts.add(brief(call.text)));
  }
  return asked;
}

function* chainIsWhole(timeline: StoredTimeline, message: StoredMessage, asked: Asked): Generator<Finding> {
  const { id, seq, version, versions, text } = message;
  const subject: Subject = { conversation: timeline.id, seq, id };
  const found = (what: string): Finding => ({ invariant: 'I9', text: `seq ${seq} ${what}`, subject });
  let reached = 1;
  let deleted = false;
  for (const change of timeline.changes(seq)) {
    if (deleted) yield found(`was changed once more, at seq ${change.seq}, after it had been deleted`);
    if (change.kind === 'deleted') deleted = true;
    else if (change.version === reached + 1) reached += 1;
    else yield found(`got version ${change.version} at seq ${change.seq}, behind version ${reached}`);
  }
  if (version !== reached || versions.length !== reached) {
    yield found(`has version ${version} and said ${versions.length} things, after ${reached - 1} edits`);
  }
  if (deleted !== (text === null)) {
    yield found(deleted ? 'still says something, though it was deleted' : 'is gone without a deletion');
  }
  if (!deleted && text !== null && text !== versions.at(-1)) yield found('does not say its last version');
  const phantom = versions.slice(1).find((each) => asked.texts.get(id)?.has(each) !== true);
  if (phantom !== undefined) yield found(`says “${phantom}”, which no edit wanted that may have been done`);
  if (deleted && !asked.deletions.has(id)) yield found('was deleted by no call that may have been done');
}

/** What an ack says of an edit or a deletion is stored. */
function* acksHold(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const operation of evidence.operationsOf('edit')) {
    const { call, outcome } = operation;
    if (outcome.type !== 'ok') continue;
    const { sight } = outcome.result;
    const subject = subjectOf(operation, sight);
    if (sight.text !== brief(call.text)) {
      yield { invariant: 'I9', text: `an edit to “${brief(call.text)}” was acked with other words`, subject };
    }
    yield* isTrue(timelines.get(call.conversation), sight, subject);
  }
  for (const operation of evidence.operationsOf('delete')) {
    const { call, outcome } = operation;
    if (outcome.type !== 'ok') continue;
    const { sight } = outcome.result;
    const subject = subjectOf(operation, sight);
    if (sight.text !== null) yield { invariant: 'I9', text: 'a deletion was acked with words', subject };
    yield* isTrue(timelines.get(call.conversation), sight, subject);
  }
}

function subjectOf(
  { call, op, client, user }: Operation<'edit'> | Operation<'delete'>,
  { message }: Sight,
): Subject {
  return { conversation: call.conversation, id: call.message, seq: message, op, client, user };
}

/** What events tell is at least as new as the change that they tell of, and has no words behind the deletion. */
function* seenLive({ records }: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const record of records) {
    if ((record.type !== 'recv' && record.type !== 'apply') || record.sight === undefined) continue;
    const { sight, seq, client, user, conversation, event } = record;
    const timeline = timelines.get(conversation);
    yield* isTrue(timeline, sight, { client, user });
    const subject = { client, user, conversation, seq: sight.message };
    const at = timeline?.at(seq);
    if (event === 'message.updated' && at?.kind === 'edited' && sight.version < at.version) {
      const text = `${client} was told of version ${sight.version} by the edit at seq ${seq}, which made version ${at.version}`;
      yield { invariant: 'I9', text, subject };
    }
    const deletion = timeline?.changes(sight.message).find(({ kind }) => kind === 'deleted');
    if (sight.text !== null && deletion !== undefined && deletion.seq < seq) {
      const text = `${client} got words of seq ${sight.message} by seq ${seq}, behind its deletion at seq ${deletion.seq}`;
      yield { invariant: 'I9', text, subject };
    }
  }
}

/** Whoever asks gets what anybody had seen before, or something newer. */
function* readLater(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  const known = new KnownVersions(evidence.records);
  for (const { call, outcome, op, client, user, invokedAt } of evidence.operations) {
    if (outcome.type !== 'ok' || !('conversation' in call)) continue;
    for (const sight of sightsIn(outcome.result)) {
      const subject = { conversation: call.conversation, seq: sight.message, op, client, user };
      yield* isTrue(timelines.get(call.conversation), sight, subject);
      const before = known.before(call.conversation, sight.message, invokedAt);
      const what = `the ${call.name} ${op} of ${client}`;
      if (before.deleted && sight.text !== null) {
        const text = `${what} gave words of seq ${sight.message}, whose deletion was known before`;
        yield { invariant: 'I9', text, subject };
      } else if (sight.version !== 0 && sight.version < before.version) {
        const text = `${what} gave version ${sight.version} of seq ${sight.message} after version ${before.version} was known`;
        yield { invariant: 'I9', text, subject };
      }
    }
  }
}

/** Nobody sees what never was: the words are those of the version, and a deletion is one. */
function* isTrue(timeline: StoredTimeline | undefined, sight: Sight, who: Subject): Generator<Finding> {
  const stored = timeline?.message(sight.message);
  // What stands nowhere is a matter of I4.
  if (timeline === undefined || stored === undefined) return;
  const isSo = sight.text === null ? stored.text === null : stored.versions[sight.version - 1] === sight.text;
  if (isSo) return;
  const says = sight.text === null ? 'deleted' : `saying “${sight.text}” in version ${sight.version}`;
  yield {
    invariant: 'I9',
    text: `${who.client ?? who.user ?? 'somebody'} saw seq ${sight.message} ${says}, which it never was`,
    subject: { ...who, conversation: timeline.id, seq: sight.message, id: stored.id },
  };
}

function* isFinal(timeline: StoredTimeline | undefined, sight: Sight, who: Subject): Generator<Finding> {
  const stored = timeline?.message(sight.message);
  if (timeline === undefined || stored === undefined) return;
  if (stored.text === sight.text && stored.version === sight.version) return;
  yield {
    invariant: 'I9',
    text: `in the end ${who.user ?? 'somebody'} reads version ${sight.version} of seq ${sight.message}, where version ${stored.version}${stored.text === null ? ', deleted,' : ''} is stored`,
    subject: { ...who, conversation: timeline.id, seq: sight.message, id: stored.id },
  };
}
