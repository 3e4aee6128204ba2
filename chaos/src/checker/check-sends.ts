import type { Evidence, Operation, Send } from './evidence';
import type { StoredTimeline, StoredTimelines } from './timelines';
import type { Finding } from './verdict.types';

type Message = StoredTimeline['messages'][number];

/** I1: every acknowledged send is stored, at its seq, under its id, with its words. */
export function* checkDurable(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const send of evidence.sends) {
    const timeline = timelines.get(send.conversation);
    for (const attempt of send.attempts) {
      if (attempt.outcome.type !== 'ok') continue;
      const { id, seq } = attempt.outcome.result;
      const entry = timeline?.at(seq);
      const stored = entry?.kind === 'message' && entry.id === id ? entry : undefined;
      const subject = { ...subjectOf(send), id, seq };
      if (stored === undefined) {
        yield {
          invariant: 'I1',
          text: `acked and lost: ${send.key} was acked at seq ${seq} and is not there`,
          subject,
        };
      } else if (
        stored.sender !== send.user ||
        stored.key !== send.key ||
        stored.body !== attempt.call.body
      ) {
        yield { invariant: 'I1', text: `what is stored at seq ${seq} is not what ${send.key} said`, subject };
      }
    }
  }
}

/** I2: every stored message was asked for, in these words, by a call that did not definitely fail. */
export function* checkNoPhantom(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const timeline of timelines.values()) {
    for (const message of timeline.messages) {
      const send = evidence.send(timeline.id, message.sender, message.key);
      const asked = send?.attempts.filter(({ call }) => call.body === message.body) ?? [];
      if (asked.some(({ outcome }) => outcome.type !== 'fail')) continue;
      const subject = {
        conversation: timeline.id,
        seq: message.seq,
        id: message.id,
        key: message.key,
        user: message.sender,
      };
      yield {
        invariant: 'I2',
        text: `phantom: seq ${message.seq} ${asked.length > 0 ? 'comes from a send that failed for certain' : 'was never sent'}`,
        subject,
      };
    }
  }
}

/** I3: one message per key, whatever the retries; and the same answer to each of them. */
export function* checkNoDuplicate(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const timeline of timelines.values()) {
    yield* repeated(timeline, 'clientMessageId', (message) => message.key);
    yield* repeated(timeline, 'text', (message) => message.body);
    yield* repeated(timeline, 'id', (message) => message.id);
  }
  for (const send of evidence.sends) {
    const answers = new Set(send.attempts.flatMap(answerOf));
    if (answers.size > 1) {
      const text = `the retries of ${send.key} were answered differently: ${[...answers].join(', ')}`;
      yield { invariant: 'I3', text, subject: subjectOf(send) };
    }
  }
}

// The words of each send are unique in a run, so that a retry that became a new message shows.
function* repeated(
  timeline: StoredTimeline,
  what: string,
  name: (message: Message) => string,
): Generator<Finding> {
  const first = new Map<string, Message>();
  for (const message of timeline.messages) {
    const known = `${message.sender} ${name(message)}`;
    const before = first.get(known);
    if (before === undefined) first.set(known, message);
    else {
      const subject = {
        conversation: timeline.id,
        seq: message.seq,
        id: message.id,
        key: before.key,
        user: message.sender,
      };
      yield {
        invariant: 'I3',
        text: `duplicate: seq ${before.seq} and seq ${message.seq} of one sender have the same ${what}`,
        subject,
      };
    }
  }
}

/** I5: a send that began after another's ack stands behind it. */
export function* checkRealTimeOrder(evidence: Evidence, timelines: StoredTimelines): Generator<Finding> {
  for (const timeline of timelines.values()) {
    for (const message of timeline.messages) {
      const send = evidence.send(timeline.id, message.sender, message.key);
      const first = send?.attempts[0];
      if (first === undefined || first.ackedBefore < message.seq) continue;
      const subject = {
        conversation: timeline.id,
        seq: message.seq,
        id: message.id,
        key: message.key,
        user: message.sender,
      };
      yield {
        invariant: 'I5',
        text: `inversion: seq ${message.seq} was sent after seq ${first.ackedBefore} had been acked`,
        subject,
      };
    }
  }
}

function answerOf({ outcome }: Operation<'send'>): string[] {
  return outcome.type === 'ok' ? [`${outcome.result.seq} ${outcome.result.id}`] : [];
}

function subjectOf({ conversation, key, user }: Send): Finding['subject'] {
  return { conversation, key, user };
}
