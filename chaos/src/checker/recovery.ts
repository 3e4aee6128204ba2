import type { HistoryRecord } from '../history/history.types';
import type { FinalState } from './final-state.types';
import { storedTimelines, type StoredTimelines } from './timelines';

export interface Recovery {
  kind: string;
  faults: number;
  /** Milliseconds from the end of a fault (or from the ack, if that came later) until the last message had reached its last reader. */
  p50Ms: number;
  p99Ms: number;
}

interface Span {
  kind: string;
  from: number;
  to: number;
  latestMs: number;
}

/** What is acked so soon after a fault may still feel it. */
const aftermathMs = 1_000;

/** How late the messages came that were acked during a fault or right after it, by kind of fault. */
export function recoveryTimes(records: readonly HistoryRecord[], final: FinalState): Recovery[] {
  const { spans, ackedAt, appliedAt } = gather(records, storedTimelines(final.conversations));
  for (const [id, acked] of ackedAt) {
    const applied = appliedAt.get(id) ?? acked;
    for (const span of spans) {
      if (acked < span.from || acked > span.to + aftermathMs) continue;
      span.latestMs = Math.max(span.latestMs, applied - Math.max(span.to, acked));
    }
  }
  const byKind = new Map<string, number[]>();
  for (const { kind, latestMs } of spans) byKind.set(kind, [...(byKind.get(kind) ?? []), latestMs]);
  return [...byKind].map(([kind, times]) => ({
    kind,
    faults: times.length,
    p50Ms: Math.round(percentile(times, 0.5)),
    p99Ms: Math.round(percentile(times, 0.99)),
  }));
}

function gather(
  records: readonly HistoryRecord[],
  timelines: StoredTimelines,
): {
  spans: Span[];
  ackedAt: Map<string, number>;
  appliedAt: Map<string, number>;
} {
  const open = new Map<number, Span>();
  const ackedAt = new Map<string, number>();
  const appliedAt = new Map<string, number>();
  for (const record of records) {
    if (record.type === 'fault-start') {
      open.set(record.fault, { kind: record.kind, from: record.t, to: record.t, latestMs: 0 });
    } else if (record.type === 'fault-end') {
      const span = open.get(record.fault);
      if (span !== undefined) span.to = record.t;
    } else if (record.type === 'ok' && record.result.name === 'send') {
      if (!ackedAt.has(record.result.id)) ackedAt.set(record.result.id, record.t);
    } else if (record.type === 'apply' && wasIn(timelines, record)) appliedAt.set(record.id, record.t);
  }
  return { spans: [...open.values()], ackedAt, appliedAt };
}

// Who joins later reads the history then.
function wasIn(
  timelines: StoredTimelines,
  { conversation, user, seq }: { conversation: string; user: string; seq: number },
): boolean {
  const stays = timelines.get(conversation)?.stays(user) ?? [];
  return stays.some(({ joinedSeq, leftSeq }) => joinedSeq < seq && seq <= leftSeq);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
