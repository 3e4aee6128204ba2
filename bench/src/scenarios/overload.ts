import type { SendOutcome } from '@parley/testing/load';
import { figureOf, type Row } from '../findings';
import type { Lab } from '../lab';
import { Crowd } from '../measure/crowd';
import { peakWhile } from '../measure/peak';
import { findHighest } from '../measure/rate-search';
import { p99MaxMs } from '../measure/step';
import { memoryOf, sumOf } from '../measure/usage';
import type { Scenario } from '../scenario.types';
import type { Subject } from '../subjects/subject.types';
import { pairs } from './pairs';

const times = 2;
const calmShare = 0.5;
/** Where the search for the peak begins, messages a second. */
const startAt = 2_000;
const recoveryMaxMs = 30_000;

export const overload: Scenario = {
  name: 'overload',
  title: 'Overload',
  about: `Pairs at ${times} times the highest rate that keeps p99 below ${p99MaxMs} ms, then at half of it until that is so again.`,
  async run(lab) {
    const row: Row = { subject: 'parley', rounds: [] };
    const subject = await lab.subject('parley');
    const crowd = await Crowd.make(lab, subject, pairs(100));
    await crowd.connect();
    await crowd.warmUp(startAt);
    for (let round = 0; round < lab.rounds(3); round += 1) {
      const figures = await measure(lab, crowd);
      if (figures === undefined) row.stoppedBy = 'no rate passed';
      else row.rounds.push(figures);
    }
    return {
      columns: [
        { key: 'peak', title: 'peak messages/s', digits: 0 },
        { key: 'goodput', title: `acked/s at ${times} ×`, digits: 0 },
        { key: 'goodputShare', title: 'of peak', digits: 2 },
        { key: 'acceptedP99', title: 'p99 of accepted ms', digits: 0 },
        { key: 'refused', title: 'refused', digits: 0 },
        { key: 'memoryShare', title: 'memory, of that at peak', digits: 2 },
        { key: 'recoverySeconds', title: 'normal again after s', digits: 1 },
        { key: 'lost', title: 'lost', digits: 0 },
      ],
      rows: [row],
      comparisons: [
        ...figureOf([row], 'goodputShare', 'parley', { gate: '≥ 0.9' }),
        ...figureOf([row], 'memoryShare', 'parley', { gate: '≤ 1.2' }),
        ...figureOf([row], 'recoverySeconds', 'parley', { gate: '≤ 5' }),
        ...figureOf([row], 'acceptedP99', 'parley', { goal: '≤ 250' }),
        ...figureOf([row], 'lost', 'parley', { gate: '≤ 0' }),
      ],
      notes: ['Memory is that of gateway, api and worker; PostgreSQL and Redis keep what they are given.'],
    };
  },
};

async function measure(lab: Lab, crowd: Crowd): Promise<Record<string, number> | undefined> {
  await crowd.connect();
  const pace = lab.quick ? { warmMs: 300, measuredMs: 1_000 } : { warmMs: 1_000, measuredMs: 3_000 };
  const search = { startAt, stepsMax: lab.quick ? 5 : 14, precision: lab.quick ? 0.25 : 0.05 };
  const { best } = await findHighest((perSecond) => crowd.runTwice(perSecond, pace), search);
  if (best === undefined) return undefined;
  await crowd.connect();
  const read = (): number => memoryOfProduct(crowd.subject);
  const peak = await peakWhile(read, crowd.send(best.perSecond, pace));
  const longPace = { warmMs: 1_000, measuredMs: lab.quick ? 3_000 : 10_000, settleMaxMs: 1 };
  const over = await peakWhile(read, crowd.send(best.perSecond * times, longPace));
  const { seconds, last } = await recover(crowd, best.perSecond * calmShare);
  const peakRate = (peak.outcome.ackedInWindow * 1e3) / pace.measuredMs;
  const goodput = (over.outcome.ackedInWindow * 1e3) / longPace.measuredMs;
  return {
    peak: peakRate,
    goodput,
    goodputShare: goodput / peakRate,
    acceptedP99: over.outcome.ackLatency.p99,
    refused: Object.values(over.outcome.refused).reduce((sum, count) => sum + count, 0),
    memoryShare: over.peak / peak.peak,
    recoverySeconds: seconds,
    lost: last.lost + last.mixedUp,
  };
}

/** Seconds until a second of calm traffic is as fast as it should be. */
async function recover(crowd: Crowd, perSecond: number): Promise<{ seconds: number; last: SendOutcome }> {
  const begun = performance.now();
  for (;;) {
    const last = await crowd.send(perSecond, { warmMs: 0, measuredMs: 1_000, settleMaxMs: 2_000 });
    const seconds = (performance.now() - begun) / 1e3;
    const isNormal =
      last.unanswered === 0 && last.deliveryLatency.p99 < p99MaxMs && last.ackLatency.p99 < p99MaxMs;
    if (isNormal || seconds * 1e3 > recoveryMaxMs) return { seconds, last };
  }
}

/** What the product's own processes take. */
function memoryOfProduct(subject: Subject): number {
  const { gateway = 0, api = 0, worker = 0 } = memoryOf(subject);
  return sumOf({ gateway, api, worker });
}
