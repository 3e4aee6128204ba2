import type { ConnectReport, Mark, SendCounts, SendReport } from './generator.types';
import { Latency, type LatencySummary } from './latency';

/** A run is void above these: its latencies would be the generator's own. */
export const generatorLimits = { lagP99Ms: 5, cpuShare: 0.8 } as const;

export interface GeneratorHealth {
  lagP99Ms: number;
  /** Of one core, of the busiest process. */
  cpuShare: number;
}

export interface ConnectOutcome {
  connected: number;
  failed: Record<string, number>;
  latency: LatencySummary;
  seconds: number;
  generator: GeneratorHealth;
}

export interface SendOutcome extends SendCounts {
  /** Deliveries of acked messages that some connection did not get. */
  lost: number;
  /** Connections whose messages are not exactly those that were acked, although as many. */
  mixedUp: number;
  ackLatency: LatencySummary;
  deliveryLatency: LatencySummary;
  generator: GeneratorHealth;
}

/** Of reports of the same step. */
function healthOf(reports: readonly (ConnectReport | SendReport)[]): GeneratorHealth {
  return {
    lagP99Ms: Latency.merge(reports.map(({ lag }) => lag)).summary().p99,
    cpuShare: Math.max(...reports.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds)),
  };
}

export function mergeConnects(reports: readonly ConnectReport[]): ConnectOutcome {
  return {
    connected: sum(reports, ({ connected }) => connected),
    failed: addUp(reports.map(({ failed }) => failed)),
    latency: Latency.merge(reports.map(({ latency }) => latency)).summary(),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    generator: healthOf(reports),
  };
}

export function mergeSends(reports: readonly SendReport[]): SendOutcome {
  return {
    sent: sum(reports, ({ sent }) => sent),
    acked: sum(reports, ({ acked }) => acked),
    refused: addUp(reports.map(({ refused }) => refused)),
    unanswered: sum(reports, ({ unanswered }) => unanswered),
    delivered: sum(reports, ({ delivered }) => delivered),
    ackedInWindow: sum(reports, ({ ackedInWindow }) => ackedInWindow),
    deliveredInWindow: sum(reports, ({ deliveredInWindow }) => deliveredInWindow),
    duplicates: sum(reports, ({ duplicates }) => duplicates),
    holes: sum(reports, ({ holes }) => holes),
    strangers: sum(reports, ({ strangers }) => strangers),
    closed: sum(reports, ({ closed }) => closed),
    ...compare(reports),
    ackedMarks: reports.flatMap(({ ackedMarks }) => ackedMarks),
    ackLatency: Latency.merge(reports.map(({ ackLatency }) => ackLatency)).summary(),
    deliveryLatency: Latency.merge(reports.map(({ deliveryLatency }) => deliveryLatency)).summary(),
    generator: healthOf(reports),
  };
}

/** Every connection must have got exactly what was acked in each of its conversations, no matter which process sent it. */
function compare(reports: readonly SendReport[]): { lost: number; mixedUp: number } {
  return compareMarks(
    reports.flatMap(({ ackedMarks }) => ackedMarks),
    reports.flatMap(({ deliveredMarks }) => deliveredMarks),
  );
}

/** The same for clients of other calls: what they got beside what was acked. */
export function compareMarks(
  ackedMarks: readonly Mark[],
  deliveredMarks: readonly Mark[],
): { lost: number; mixedUp: number } {
  const acked = new Map<string, { count: number; print: number }>();
  for (const [id, count, print] of ackedMarks) {
    const marks = acked.get(id) ?? { count: 0, print: 0 };
    acked.set(id, { count: marks.count + count, print: (marks.print + print) >>> 0 });
  }
  let lost = 0;
  let mixedUp = 0;
  for (const [id, count, print] of deliveredMarks) {
    const expected = acked.get(id) ?? { count: 0, print: 0 };
    if (count < expected.count) lost += expected.count - count;
    else if (count === expected.count && print !== expected.print) mixedUp += 1;
  }
  return { lost, mixedUp };
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Counts by name, added up. */
export function addUp(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each)))
    total[name] = (total[name] ?? 0) + count;
  return total;
}
