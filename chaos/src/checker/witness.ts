import type { Applied, Call, HistoryRecord, ReadTold, Received, Result } from '../history/history.types';
import type { Evidence, Operation } from './evidence';
import type { StoredEntry } from './final-state.types';
import type { StoredTimelines } from './timelines';
import type { Finding, Subject, Violation } from './verdict.types';

const witnessMaxRecords = 16;

/** Adds to each finding the records that touch it: of one message, of one call, or of one client in the quiet time. */
export function withWitnesses(
  findings: readonly Finding[],
  evidence: Evidence,
  timelines: StoredTimelines,
): Violation[] {
  const opsByFinding = findings.map(({ subject }) => opsOf(subject, evidence));
  const witnesses = findings.map((): HistoryRecord[] => []);
  for (const record of evidence.records) {
    findings.forEach(({ subject }, index) => {
      const witness = witnesses[index];
      if (witness !== undefined && touches(record, subject, opsByFinding[index])) witness.push(record);
    });
  }
  return findings.map((finding, index) => ({
    ...finding,
    witness: shortened(witnesses[index] ?? []).map((record) => cut(record, finding.subject)),
    stored: storedOf(finding.subject, timelines),
  }));
}

function opsOf(subject: Subject, evidence: Evidence): Set<number> {
  const { conversation, user, key, op } = subject;
  const ops = new Set(op === undefined ? [] : [op]);
  if (conversation !== undefined && user !== undefined && key !== undefined) {
    for (const attempt of evidence.send(conversation, user, key)?.attempts ?? []) ops.add(attempt.op);
  }
  for (const operation of evidence.operations) if (brought(operation, subject)) ops.add(operation.op);
  return ops;
}

/** The call put the message where it is, changed it, took the user out of the conversation, or marked it read for it. */
function brought({ call, outcome, user: caller }: Operation, subject: Subject): boolean {
  if (!('conversation' in call) || call.conversation !== subject.conversation) return false;
  if (subject.id === undefined && subject.seq === undefined) {
    return subject.key === undefined && call.name === 'read' && caller === subject.user;
  }
  if ('message' in call && call.message === subject.id) return true;
  return outcome.type === 'ok' && answeredFor(call, outcome.result, subject);
}

function answeredFor(call: Call, result: Result, { id, seq, user }: Subject): boolean {
  if (result.name === 'edit' || result.name === 'delete') return result.sight.message === seq;
  if (result.name === 'send') return result.id === id || result.seq === seq;
  return (call.name === 'remove' || call.name === 'ban') && call.subject === user;
}

function touches(record: HistoryRecord, subject: Subject, ops: Set<number> | undefined): boolean {
  if ('op' in record) return ops?.has(record.op) ?? false;
  switch (record.type) {
    case 'recv':
    case 'apply':
      return isSeen(record, subject);
    case 'read':
      return isToldOf(record, subject);
    case 'gap':
      return record.client === subject.client && record.conversation === subject.conversation;
    case 'connect':
    case 'disconnect':
      return subject.client === record.client && subject.seq === undefined && subject.op === undefined;
    case 'mark':
      return record.name !== 'healed';
    default:
      return false;
  }
}

function isToldOf({ user, read }: ReadTold, subject: Subject): boolean {
  return subject.seq === undefined && user === subject.user && read.conversation === subject.conversation;
}

function isSeen(record: Received | Applied, { client, conversation, seq, id }: Subject): boolean {
  if (client !== undefined && record.client !== client) return false;
  if (id !== undefined && record.id === id) return true;
  if (seq === undefined || record.conversation !== conversation) return false;
  return record.seq === seq || record.sight?.message === seq;
}

function shortened(records: HistoryRecord[]): HistoryRecord[] {
  if (records.length <= witnessMaxRecords) return records;
  const half = witnessMaxRecords / 2;
  return [...records.slice(0, half), ...records.slice(-half)];
}

/** An answer without what it says of others. */
function cut(record: HistoryRecord, { conversation, seq }: Subject): HistoryRecord {
  if (record.type !== 'ok') return record;
  const { result } = record;
  if (result.name === 'heads') {
    const reads = result.reads.filter((read) => read.conversation === conversation);
    return { ...record, result: { ...result, reads } };
  }
  if (!('places' in result) || seq === undefined) return record;
  const places = result.places.filter(([place]) => Math.abs(place - seq) <= 1);
  const sights = result.sights.filter(({ message }) => message === seq);
  return { ...record, result: { ...result, places, sights } };
}

function storedOf({ conversation, seq, id }: Subject, timelines: StoredTimelines): StoredEntry[] {
  const timeline = timelines.get(conversation ?? '');
  if (timeline === undefined) return [];
  const found = new Set(timeline.entries.filter((entry) => entry.seq === seq || entry.id === id));
  return [...found];
}
