import type { HistoryRecord } from '../history/history.types';
import { checkCatchUp } from './check-catch-up';
import { checkComplete, checkLive, checkOnce, wireDuplicates } from './check-delivery';
import { checkTotalOrder } from './check-order';
import { checkReads } from './check-reads';
import { checkRevocation, type RevocationBounds } from './check-revocation';
import { checkDurable, checkNoDuplicate, checkNoPhantom, checkRealTimeOrder } from './check-sends';
import { checkTenants } from './check-tenants';
import { checkUnread } from './check-unread';
import { checkVersions } from './check-versions';
import { Deliveries } from './deliveries';
import { Evidence } from './evidence';
import type { FinalState } from './final-state.types';
import { storedTimelines, type StoredTimelines } from './timelines';
import { invariants, type Finding, type Invariant, type Verdict } from './verdict.types';
import { withWitnesses } from './witness';

export interface Bounds {
  revocation: RevocationBounds;
  /** Share of what came over the wire that may have come before. */
  duplicateShareMax: number;
}

export const promisedBounds: Bounds = {
  revocation: { afterMs: 2_000, withoutRedisMs: 5_000 },
  duplicateShareMax: 0.01,
};

const shownPerInvariant = 3;

/** Judges a finished run by what its clients saw and by what is stored. Pure, and linear in the length of the history. */
export function check(
  records: readonly HistoryRecord[],
  final: FinalState,
  bounds: Bounds = promisedBounds,
): Verdict {
  const evidence = new Evidence(records);
  const timelines = storedTimelines(final.conversations);
  const deliveries = new Deliveries(records);
  const findings: Finding[] = [
    ...checkDurable(evidence, timelines),
    ...checkNoPhantom(evidence, timelines),
    ...checkNoDuplicate(evidence, timelines),
    ...checkTotalOrder(evidence, timelines, final),
    ...checkRealTimeOrder(evidence, timelines),
    ...checkComplete(timelines, deliveries),
    ...checkOnce(evidence, bounds.duplicateShareMax),
    ...checkCatchUp(evidence, timelines, final),
    ...checkVersions(evidence, timelines, final),
    ...checkReads(evidence, timelines, final),
    ...checkUnread(evidence, timelines, final),
    ...checkRevocation(evidence, timelines, bounds.revocation),
    ...checkTenants(evidence),
    ...checkLive(evidence, timelines, deliveries),
  ];
  return {
    ok: findings.length === 0,
    counts: countsOf(findings),
    violations: withWitnesses(firstOfEach(findings), evidence, timelines),
    judged: judgedOf(evidence, timelines, deliveries),
  };
}

function countsOf(findings: readonly Finding[]): Record<Invariant, number> {
  const counts = Object.fromEntries(Object.keys(invariants).map((name) => [name, 0])) as Record<
    Invariant,
    number
  >;
  for (const { invariant } of findings) counts[invariant] += 1;
  return counts;
}

function firstOfEach(findings: readonly Finding[]): Finding[] {
  const shown = new Map<Invariant, number>();
  return findings.filter(({ invariant }) => {
    const count = (shown.get(invariant) ?? 0) + 1;
    shown.set(invariant, count);
    return count <= shownPerInvariant;
  });
}

function judgedOf(evidence: Evidence, timelines: StoredTimelines, deliveries: Deliveries): Verdict['judged'] {
  const sends = evidence.operationsOf('send');
  const isOk = ({ outcome }: { outcome: { type: string } }): boolean => outcome.type === 'ok';
  return {
    sends: sends.length,
    acknowledged: sends.filter(isOk).length,
    messages: [...timelines.values()].reduce((sum, { messages }) => sum + messages.length, 0),
    deliveries: [...deliveries.all].reduce((sum, { applied }) => sum + applied.size, 0),
    wireDuplicates: wireDuplicates(evidence).repeated,
    pages: [...evidence.operationsOf('page'), ...evidence.operationsOf('sync')].filter(isOk).length,
    removals: evidence.operationsOf('remove').filter(isOk).length,
    trespasses: evidence.operationsOf('trespass').length,
    watchedBytes: evidence.records.reduce((sum, each) => sum + (each.type === 'watched' ? each.bytes : 0), 0),
    bans: evidence.operationsOf('ban').filter(isOk).length,
    edits: evidence.operationsOf('edit').filter(isOk).length,
    deletions: evidence.operationsOf('delete').filter(isOk).length,
    reads: evidence.operationsOf('read').filter(isOk).length,
  };
}
