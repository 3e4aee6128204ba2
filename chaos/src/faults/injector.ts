import { setTimeout as delay } from 'node:timers/promises';
import type { History } from '../history/history';
import type { Acts } from './acts';
import type { Fault } from './schedule';

/** Does one fault: breaks, holds, heals. Resolves when the part is whole again; the history knows both ends. */
export async function inject(fault: Fault, acts: Acts, history: History): Promise<void> {
  const { number, kind, holdMs } = fault;
  const act = acts[kind](fault.target);
  history.add({ type: 'fault-start', fault: number, kind, target: act.target });
  try {
    await act.begin();
    await delay(holdMs);
  } finally {
    await act.heal();
    history.add({ type: 'fault-end', fault: number, kind });
  }
}
