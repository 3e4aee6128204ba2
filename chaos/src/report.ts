import { invariants, type Invariant, type Verdict, type Violation } from './checker/verdict.types';
import type { RunReport } from './run';

/** Whether the run proves what it should: no violation, no process that ended by itself. */
export function passed({ verdict, crashes }: RunReport): boolean {
  return verdict.ok && crashes.length === 0;
}

/** The run as text for a person. */
export function describeRun(report: RunReport): string {
  const { seed, verdict, faultsByKind, recoveries, crashes, tookMs } = report;
  const faults = [...faultsByKind].map(([kind, count]) => `${kind} ${count}`).join(', ');
  return [
    `seed ${seed}: ${passed(report) ? 'every promise held' : 'BROKEN'} (${Math.round(tookMs / 1_000)} s)`,
    `  faults: ${faults || 'none'}`,
    '  how late messages came after a fault, ms (p50/p99):',
    ...recoveries.map(({ kind, faults: count, p50Ms, p99Ms }) => `    ${kind} ×${count}: ${p50Ms}/${p99Ms}`),
    ...crashes.map((crash) => `  ended by itself: ${crash}`),
    describeVerdict(verdict),
  ].join('\n');
}

/** What was judged, what is broken, and the witnesses. */
export function describeVerdict({ judged, counts, violations }: Verdict): string {
  return [
    `  judged: ${judged.sends} sends (${judged.acknowledged} acked), ${judged.messages} messages, ${judged.deliveries} deliveries, ` +
      `${judged.edits} edits, ${judged.deletions} deletions, ${judged.reads} read marks, ${judged.pages} pages and syncs, ` +
      `${judged.removals} removals, ${judged.bans} bans, ${judged.wireDuplicates} duplicates on the wire, ` +
      `${judged.trespasses} looks at another tenant, ${Math.round(judged.watchedBytes / 1_000_000)} MB watched`,
    ...(Object.keys(invariants) as Invariant[])
      .filter((invariant) => counts[invariant] > 0)
      .map((invariant) => `  ${invariant} broken ${counts[invariant]} times (${invariants[invariant]})`),
    ...violations.flatMap(describeViolation),
  ].join('\n');
}

function describeViolation({ invariant, text, witness, stored }: Violation): string[] {
  return [
    `  ${invariant}: ${text}`,
    ...witness.map((record) => `      ${JSON.stringify(record)}`),
    ...stored.map((entry) => `      stored: ${JSON.stringify(entry).slice(0, 300)}`),
  ];
}
