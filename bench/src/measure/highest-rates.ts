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

/** The highest rate of each subject, subjects in turn in every round. */
export async function highestRates(lab: Lab, options: HighestRatesOptions): Promise<Row[]> {
  const { plan, rounds } = options;
  const names = lab.chosen(Object.keys(options.startAt) as SubjectName[]);
  const crowds = new Map<SubjectName, Crowd>();
  const rows = new Map<SubjectName, Row>();
  const startAt = new Map(names.map((name) => [name, options.startAt[name] ?? 100]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const crowd = crowds.get(name) ?? (await Crowd.make(lab, await lab.subject(name), plan));
      const isFirst = !crowds.has(name);
      crowds.set(name, crowd);
      await crowd.connect();
      // Code that V8 has not compiled yet is no slow server.
      if (isFirst) await crowd.send((startAt.get(name) ?? 100) / 2, { warmMs: 0, measuredMs: 3_000 });
      const pace = lab.quick ? { warmMs: 300, measuredMs: 1_000 } : { warmMs: 1_000, measuredMs: 3_000 };
      const { best, stopped } = await findHighest((perSecond) => crowd.runTwice(perSecond, pace), {
        startAt: startAt.get(name) ?? 100,
        stepsMax: lab.quick ? 5 : 14,
        precision: lab.quick ? 0.25 : 0.05,
      });
      const row: Row = rows.get(name) ?? {
        subject: name,
        rounds: [],
        ...(options.case === undefined ? {} : { case: options.case }),
      };
      rows.set(name, row);
      if (best !== undefined) {
        row.rounds.push(figuresOf(best));
        // The next round begins close to what this one found.
        startAt.set(name, best.perSecond / 1.1);
        row.stoppedBy = stopped?.why ?? `the search ended: ${busyOf(best.cpu)}`;
      } else {
        row.stoppedBy = stopped?.why ?? 'nothing passed';
      }
      await lab.generators.close();
    }
  }
  return [...rows.values()];
}
