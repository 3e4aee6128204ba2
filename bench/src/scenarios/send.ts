import { figureOf, ratioOf } from '../findings';
import { highestRates } from '../measure/highest-rates';
import type { Scenario } from '../scenario.types';
import { pairs, sendColumns } from './pairs';

export const send: Scenario = {
  name: 'send',
  title: 'Send: pairs',
  about:
    'Conversations of two, both write; the highest rate with p99 of ack and delivery below 100 ms. The sender gets the event, too.',
  async run(lab) {
    const rows = await highestRates(lab, {
      plan: pairs(100),
      rounds: lab.rounds(5),
      startAt: {
        parley: 1_500,
        'f1-ws': 12_000,
        'f2-socket.io': 6_000,
        'f3-tutorial': 400,
        'f4-ws-batches': 6_000,
        'f4-socket.io-batches': 4_000,
      },
    });
    return {
      columns: sendColumns,
      rows,
      comparisons: [
        ...figureOf(rows, 'perSecond', 'parley', { gate: '≥ 5000', goal: '≥ 10000' }),
        ...ratioOf(rows, 'perSecond', 'parley', 'f3-tutorial', { gate: '≥ 4' }),
        ...ratioOf(rows, 'perSecond', 'parley', 'f4-socket.io-batches', { goal: '≥ 1' }),
        ...ratioOf(rows, 'cpuPerMessage', 'parley', 'f4-socket.io-batches', {}),
      ],
      notes: [],
    };
  },
};
