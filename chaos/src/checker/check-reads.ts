import type { ReadSight } from '../history/history.types';
import type { Evidence } from './evidence';
import type { FinalState } from './final-state.types';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding, Subject } from './verdict.types';

/** One telling of how far a user had read a conversation. */
interface Telling {
  /** When it was told. */
  t: number;
  /** When it was asked for; what came by itself has no such time. */
  askedAt?: number;
  user: string;
  read: ReadSight;
  subject: Subject;
  /** The client gave it to its app. */
  applied?: boolean;
}

/** I10: how far a user has read never falls, whatever device asks, and is never above the head. */
export function* checkReads(
  evidence: Evidence,
  timelines: StoredTimelines,
  final: FinalState,
): Generator<Finding> {
  const known = new Map<string, { t: number; readSeq: number }[]>();
  const applied = new Map<string, number>();
  for (const telling of tellings(evidence, final)) {
    const { t, askedAt, user, read, subject } = telling;
    const name = `${read.conversation} ${user}`;
    yield* isPossible(timelines.get(read.conversation), telling);
    const steps = known.get(name) ?? [];
    const before = steps.findLast((step) => step.t < (askedAt ?? -1))?.readSeq ?? 0;
    if (read.readSeq < before) {
      const text = `${user} had read up to ${before}, and was told ${read.readSeq} when it asked later`;
      yield { invariant: 'I10', text, subject };
    }
    if (read.readSeq > (steps.at(-1)?.readSeq ?? -1)) steps.push({ t, readSeq: read.readSeq });
    known.set(name, steps);
    if (telling.applied !== true) continue;
    const surfaced = `${subject.client} ${name}`;
    const last = applied.get(surfaced) ?? 0;
    if (read.readSeq < last) {
      const text = `${subject.client} told its app that ${user} had read up to ${last}, and then ${read.readSeq}`;
      yield { invariant: 'I10', text, subject };
    }
    applied.set(surfaced, Math.max(last, read.readSeq));
  }
  yield* marksReach(evidence);
}

function* tellings(evidence: Evidence, final: FinalState): Generator<Telling> {
  const open = new Map(evidence.operations.map((operation) => [operation.op, operation]));
  for (const record of evidence.records) {
    if (record.type === 'read') {
      const { t, user, client, read, via } = record;
      const subject = { client, user, conversation: read.conversation };
      yield { t, user, read, subject, applied: via === 'app' };
    } else if (record.type === 'ok') {
      const { result, op, t } = record;
      const operation = open.get(op);
      if (operation === undefined) continue;
      const { user, client, invokedAt } = operation;
      const reads = result.name === 'read' ? [result.read] : result.name === 'heads' ? result.reads : [];
      for (const read of reads) {
        const subject = { client, user, op, conversation: read.conversation };
        yield { t, askedAt: invokedAt, user, read, subject };
      }
    }
  }
  for (const { user, ...read } of final.unread) {
    yield { t: Infinity, askedAt: Infinity, user, read, subject: { user, conversation: read.conversation } };
  }
}

/** Not above the head, and not above what is stored in the end: it would have fallen since. */
function* isPossible(
  timeline: StoredTimeline | undefined,
  { user, read: { readSeq, unread, lastSeq }, subject }: Telling,
): Generator<Finding> {
  if (readSeq > lastSeq || (timeline !== undefined && readSeq > timeline.head)) {
    const text = `${user} is said to have read up to ${readSeq}, above the head at ${Math.min(lastSeq, timeline?.head ?? lastSeq)}`;
    yield { invariant: 'I10', text, subject };
  }
  const stored = timeline?.readSeq(user);
  if (stored !== undefined && readSeq > stored) {
    const text = `${user} had read up to ${readSeq}, and only ${stored} is stored in the end`;
    yield { invariant: 'I10', text, subject };
  }
  if (unread < 0 || (readSeq === lastSeq && unread !== 0)) {
    const text = `${user} is said to have ${unread} unread, having read up to ${readSeq} of ${lastSeq}`;
    yield { invariant: 'I11', text, subject };
  }
}

/** An acked mark is where it was asked to be, as far as there was something, or further on. */
function* marksReach(evidence: Evidence): Generator<Finding> {
  for (const { call, outcome, op, client, user, ackedBefore } of evidence.operationsOf('read')) {
    if (outcome.type !== 'ok') continue;
    const { readSeq } = outcome.result.read;
    const wanted = Math.min(call.seq ?? Infinity, ackedBefore);
    if (readSeq >= wanted) continue;
    const text = `${user} marked ${wanted} as read, and was answered ${readSeq}`;
    yield { invariant: 'I10', text, subject: { conversation: call.conversation, op, client, user } };
  }
}
