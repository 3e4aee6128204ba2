import type { Row } from '../findings';
import type { Lab, SubjectName } from '../lab';
import { Crowd, type CrowdPlan } from './crowd';
import { figuresOf } from './highest-rates';
import { isUnfinished } from './step';

/** What each subject does at one rate, subjects in turn in every round. */
export async function atRate(
  lab: Lab,
  options: { plan: CrowdPlan; subjects: readonly SubjectName[]; perSecond: number; rounds: number },
): Promise<Row[]> {
  const { plan, perSecond, rounds } = options;
  const subjects = lab.chosen(options.subjects);
  const crowds = new Map<SubjectName, Crowd>();
  const rows = new Map<SubjectName, Row>(subjects.map((subject) => [subject, { subject, rounds: [] }]));
  const pace = lab.quick ? { warmMs: 1_000, measuredMs: 3_000 } : { warmMs: 3_000, measuredMs: 10_000 };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of subjects) {
      const known = crowds.get(name);
      const crowd = known ?? (await Crowd.make(lab, await lab.subject(name), plan));
      crowds.set(name, crowd);
      await crowd.connect();
      if (known === undefined) await crowd.warmUp(perSecond);
      await lab.servers.tidyUp();
      const step = await crowd.runTwice(perSecond, pace);
      const row = rows.get(name);
      // Slow is a figure, too, as long as every message was answered.
      const isSlow = step.verdict === 'slow' && !isUnfinished(step.outcome);
      if (step.verdict === 'passed' || isSlow) row?.rounds.push(figuresOf(step));
      if (step.verdict !== 'passed' && row !== undefined) row.stoppedBy = step.why;
      await lab.generators.close();
    }
  }
  return [...rows.values()];
}
