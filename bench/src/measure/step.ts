import { generatorLimits, type SendOutcome } from '@parley/testing/load';
import type { UsedCpu } from './usage';

/** `wrong`: something was lost, doubled or out of order, so nothing else of the step is a figure. */
export type Verdict = 'passed' | 'slow' | 'void' | 'wrong';

export interface Step {
  perSecond: number;
  verdict: Verdict;
  why: string;
  outcome: SendOutcome;
  cpu: UsedCpu;
}

export const p99MaxMs = 100;

export function judge(perSecond: number, outcome: SendOutcome, cpu: UsedCpu, keepsOrder: boolean): Step {
  const step = { perSecond, outcome, cpu };
  const wrongs = wrongsOf(outcome, keepsOrder);
  const unfinished = isUnfinished(outcome);
  // What was not acked may have been delivered or not: only a step without those is judged by its deliveries.
  if (wrongs !== '' && !unfinished) return { ...step, verdict: 'wrong', why: wrongs };
  const { lagP99Ms, cpuShare } = outcome.generator;
  if (lagP99Ms > generatorLimits.lagP99Ms || cpuShare > generatorLimits.cpuShare) {
    return {
      ...step,
      verdict: 'void',
      why: `generator: lag p99 ${lagP99Ms.toFixed(1)} ms, ${percent(cpuShare)} of a core`,
    };
  }
  const slow = slownessOf(outcome);
  return slow === ''
    ? { ...step, verdict: 'passed', why: '' }
    : { ...step, verdict: 'slow', why: `${slow}; ${busyOf(cpu)}` };
}

/** Whether some messages were refused, or not answered at all. */
export function isUnfinished({ unanswered, refused }: SendOutcome): boolean {
  return unanswered > 0 || Object.keys(refused).length > 0;
}

/** Which part kept the core busy. */
export function busyOf({ byPart, seconds, total }: UsedCpu): string {
  const parts = Object.entries(byPart)
    .sort(([, a], [, b]) => b - a)
    .filter(([, value]) => value / seconds > 0.01)
    .map(([part, value]) => `${part} ${percent(value / seconds)}`);
  return `server ${percent(total / seconds)} of a core (${parts.join(', ')})`;
}

function wrongsOf(outcome: SendOutcome, keepsOrder: boolean): string {
  const { lost, duplicates, holes, strangers, mixedUp, closed } = outcome;
  return Object.entries({ lost, strangers, mixedUp, closed, ...(keepsOrder ? { duplicates, holes } : {}) })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}

function slownessOf({ ackLatency, deliveryLatency, unanswered, refused }: SendOutcome): string {
  const found: string[] = [];
  if (unanswered > 0) found.push(`${unanswered} unanswered`);
  for (const [code, count] of Object.entries(refused)) found.push(`${count} × ${code}`);
  if (ackLatency.p99 >= p99MaxMs) found.push(`p99 of ack ${ackLatency.p99.toFixed(0)} ms`);
  if (deliveryLatency.p99 >= p99MaxMs) found.push(`p99 of delivery ${deliveryLatency.p99.toFixed(0)} ms`);
  return found.join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
