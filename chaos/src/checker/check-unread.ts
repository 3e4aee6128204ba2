import type { ReadSight } from '../history/history.types';
import type { Evidence } from './evidence';
import type { FinalState } from './final-state.types';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding, Subject } from './verdict.types';

/** I11: what the server counts as unread, once everything rests, is what a count of the messages gives. */
export function* checkUnread(
  evidence: Evidence,
  timelines: StoredTimelines,
  final: FinalState,
): Generator<Finding> {
  for (const { user, ...read } of final.unread) {
    yield* isCounted(timelines.get(read.conversation), user, read, 'the list', {});
  }
  const quiet = evidence.mark('quiet');
  for (const { outcome, invokedAt, op, client, user } of evidence.operationsOf('heads')) {
    if (outcome.type !== 'ok' || invokedAt < quiet) continue;
    for (const read of outcome.result.reads) {
      yield* isCounted(timelines.get(read.conversation), user, read, 'the head', { op, client });
    }
  }
  yield* everybodyIsCounted(timelines, final);
}

function* isCounted(
  timeline: StoredTimeline | undefined,
  user: string,
  { conversation, readSeq, unread }: ReadSight,
  what: string,
  who: Subject,
): Generator<Finding> {
  const stay = timeline?.latestStay(user);
  if (timeline === undefined || stay === undefined) return;
  const counted = timeline.messages.filter(
    ({ seq, sender, text }) => seq > readSeq && seq >= stay.visibleFrom && sender !== user && text !== null,
  ).length;
  if (counted === unread) return;
  yield {
    invariant: 'I11',
    text: `${what} says that ${user} has ${unread} unread behind seq ${readSeq}, where ${counted} are`,
    subject: { conversation, user, ...who },
  };
}

function* everybodyIsCounted(timelines: StoredTimelines, final: FinalState): Generator<Finding> {
  const told = new Set(final.unread.map(({ user, conversation }) => `${user} ${conversation}`));
  for (const timeline of timelines.values()) {
    for (const user of timeline.users()) {
      if (timeline.latestStay(user)?.leftSeq !== Infinity || told.has(`${user} ${timeline.id}`)) continue;
      const text = `the list of ${user} does not say what is unread`;
      yield { invariant: 'I11', text, subject: { conversation: timeline.id, user } };
    }
  }
}
