import type { Applied, HistoryRecord, Received } from '../history/history.types';
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
    witness: shortened(witnesses[index] ?? []),
    stored: storedOf(finding.subject, timelines),
  }));
}

function opsOf(subject: Subject, evidence: Evidence): Set<number> {
  const { conversation, user, key, op } = subject;
  const ops = new Set(op === undefined ? [] : [op]);
  if (conversation !== undefined && user !== undefined && key !== undefined) {
    for (const attempt of evidence.send(conversation, user, key)?.attempts ?? []) ops.add(attempt.op);
  }
  if (subject.id === undefined && subject.seq === undefined) return ops;
  for (const operation of evidence.operations) if (brought(operation, subject)) ops.add(operation.op);
  return ops;
}

/** The call put the message where it is, or took the user out of the conversation. */
function brought({ call, outcome }: Operation, { conversation, id, seq, user }: Subject): boolean {
  if (outcome.type !== 'ok' || !('conversation' in call) || call.conversation !== conversation) return false;
  const { result } = outcome;
  if (result.name === 'send') return result.id === id || result.seq === seq;
  return call.name === 'remove' && call.subject === user;
}

function touches(record: HistoryRecord, subject: Subject, ops: Set<number> | undefined): boolean {
  if ('op' in record) return ops?.has(record.op) ?? false;
  switch (record.type) {
    case 'recv':
    case 'apply':
      return isSeen(record, subject);
    case 'gap':
      return record.client === subject.client && record.conversation === subject.conversation;
    case 'connect':
    case 'disconnect':
      return subject.client === record.client && subject.seq === undefined && subject.op === undefined;
    case 'mark':
      return record.name !== 'healed';
    case 'fault-start':
    case 'fault-end':
      return false;
  }
}

function isSeen(record: Received | Applied, { client, conversation, seq, id }: Subject): boolean {
  if (client !== undefined && record.client !== client) return false;
  return (
    (id !== undefined && record.id === id) || (record.conversation === conversation && record.seq === seq)
  );
}

function shortened(records: HistoryRecord[]): HistoryRecord[] {
  if (records.length <= witnessMaxRecords) return records;
  const half = witnessMaxRecords / 2;
  return [...records.slice(0, half), ...records.slice(-half)];
}

function storedOf({ conversation, seq, id }: Subject, timelines: StoredTimelines): StoredEntry[] {
  const timeline = timelines.get(conversation ?? '');
  if (timeline === undefined) return [];
  const found = new Set(timeline.entries.filter((entry) => entry.seq === seq || entry.id === id));
  return [...found];
}
