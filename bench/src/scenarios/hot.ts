import { figureOf, ratioOf } from '../findings';
import type { CrowdPlan } from '../measure/crowd';
import { highestRates } from '../measure/highest-rates';
import type { Scenario } from '../scenario.types';
import { room, roomColumns } from './rooms';

const members = 20;

export const hot: Scenario = {
  name: 'hot',
  title: 'One hot conversation',
  about:
    'One conversation of 20, all of them write; the highest rate with p99 of ack and delivery below 100 ms, no hole and no inversion.',
  async run(lab) {
    const plan: CrowdPlan = room(members, members);
    const rows = await highestRates(lab, {
      plan,
      rounds: lab.rounds(3),
      startAt: { parley: 500, 'f1-ws': 2_000, 'f3-tutorial': 300, 'f4-socket.io-batches': 1_000 },
    });
    return {
      columns: roomColumns,
      rows,
      comparisons: [
        ...figureOf(rows, 'perSecond', 'parley', { gate: '≥ 2000', goal: '≥ 5000' }),
        ...ratioOf(rows, 'perSecond', 'parley', 'f3-tutorial', {}),
        ...ratioOf(rows, 'perSecond', 'parley', 'f4-socket.io-batches', {}),
      ],
      notes: [],
    };
  },
};
