import type { Lab, SubjectName } from '../lab';
import type { Row } from '../findings';
import { Crowd, type CrowdPlan } from './crowd';
import { findHighest } from './rate-search';
import { busyOf, type Step } from './step';

export interface HighestRatesOptions {
  plan: CrowdPlan;
  /** Where the search begins, for each subject that is measured. */
  startAt: Partial<Record<SubjectName, number>>;
  rounds: number;
  case?: string;
}

/** Messages and deliveries of the measured time, as figures of a table. */
export function figuresOf({ perSecond, outcome, cpu }: Step): Record<string, number> {
  const { ackLatency, deliveryLatency, ackedInWindow, deliveredInWindow, generator } = outcome;
  const perMessage = (seconds: number): number => (seconds * 1e6) / Math.max(1, ackedInWindow);
  return {
    perSecond,
    deliveriesPerSecond: deliveredInWindow / cpu.seconds,
    cpuPerMessage: perMessage(cpu.total),
    cpuPerDelivery: (cpu.total * 1e6) / Math.max(1, deliveredInWindow),
    ackP50: ackLatency.p50,
    ackP99: ackLatency.p99,
    deliveryP50: deliveryLatency.p50,
    deliveryP99: deliveryLatency.p99,
    generatorLagP99: generator.lagP99Ms,
    generatorShare: generator.cpuShare,
    ...Object.fromEntries(
      Object.entries(cpu.byPart).map(([part, seconds]) => [`cpu.${part}`, perMessage(seconds)]),
    ),
  };
}

/** One subject over all rounds. */
interface Runner {
  crowd: Crowd;
  row: Row;
  startAt: number;
}

/** The highest rate of each subject, subjects in turn in every round. */
export async function highestRates(lab: Lab, options: HighestRatesOptions): Promise<Row[]> {
  const names = lab.chosen(Object.keys(options.startAt) as SubjectName[]);
  const runners: Runner[] = [];
  for (const name of names) runners.push(await warm(lab, name, options));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const runner of runners) await searchOnce(lab, runner);
  }
  return runners.map(({ row }) => row);
}

async function warm(lab: Lab, name: SubjectName, options: HighestRatesOptions): Promise<Runner> {
  const crowd = await Crowd.make(lab, await lab.subject(name), options.plan);
  const row: Row = {
    subject: name,
    rounds: [],
    ...(options.case === undefined ? {} : { case: options.case }),
  };
  const startAt = options.startAt[name] ?? 100;
  await crowd.connect();
  await crowd.warmUp(startAt);
  await lab.generators.close();
  return { crowd, row, startAt };
}

/**
 * Long enough to hold what every server does now and then: a collection, a job, a checkpoint's beginning. In 3 s one pause of
 * 30 ms is the p99, and chance decided which rates held.
 */
const measuredMs = 8_000;

async function searchOnce(lab: Lab, runner: Runner): Promise<void> {
  const { crowd, row, startAt } = runner;
  await lab.servers.tidyUp();
  const pace = lab.quick ? { warmMs: 300, measuredMs: 1_000 } : { warmMs: 1_000, measuredMs };
  await crowd.connect();
  await crowd.warmAgain(startAt);
  const { best, stopped } = await findHighest((perSecond) => crowd.runTwice(perSecond, pace), {
    startAt,
    stepsMax: lab.quick ? 5 : 14,
    precision: lab.quick ? 0.25 : 0.05,
  });
  await lab.generators.close();
  if (best === undefined) {
    row.stoppedBy = stopped?.why ?? 'nothing passed';
    return;
  }
  row.rounds.push(figuresOf(best));
  row.stoppedBy = stopped?.why ?? `the search ended: ${busyOf(best.cpu)}`;
  // The next round begins close to what this one found.
  runner.startAt = best.perSecond / 1.1;
}
