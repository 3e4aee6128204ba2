import type { Step } from './step';

export interface SearchOptions {
  /** Where to begin: a guess saves steps, nothing else. */
  startAt: number;
  stepsMax: number;
  /** How close the highest passing and the lowest failing rate must come, as a share. */
  precision: number;
}

export interface Highest {
  /** Undefined: not even the lowest rate that was tried passed. */
  best: Step | undefined;
  /** Why not more; undefined: the steps ran out before anything failed. */
  stopped: Step | undefined;
}

const up = 1.25;
const down = 1.5;

/** The highest rate whose step passes: up by quarters, then by halves between what passed and what did not. */
export async function findHighest(
  run: (perSecond: number) => Promise<Step>,
  { startAt, stepsMax, precision }: SearchOptions,
): Promise<Highest> {
  let best: Step | undefined;
  let stopped: Step | undefined;
  let perSecond = startAt;
  for (let steps = 0; steps < stepsMax; steps += 1) {
    const step = await run(perSecond);
    if (step.verdict === 'passed') best = step;
    else stopped = step;
    if (best === undefined) perSecond /= down;
    else if (stopped === undefined) perSecond *= up;
    else if (stopped.perSecond / best.perSecond <= 1 + precision) break;
    else perSecond = (best.perSecond + stopped.perSecond) / 2;
  }
  return { best, stopped };
}
