import { figureOf, ratioOf } from '../findings';
import { atRate } from '../measure/steady';
import type { Scenario } from '../scenario.types';
import { pairs, sendColumns } from './pairs';

export const latency: Scenario = {
  name: 'latency',
  title: 'Latency at 1,000 messages a second',
  about:
    'Conversations of two, both write, 1,000 messages a second in all; latencies count from the time at which a message was due.',
  async run(lab) {
    const rows = await atRate(lab, {
      plan: pairs(100),
      subjects: ['parley', 'f2-socket.io', 'f3-tutorial', 'f4-socket.io-batches'],
      perSecond: 1_000,
      rounds: lab.rounds(5),
    });
    return {
      columns: sendColumns,
      rows,
      comparisons: [
        ...figureOf(rows, 'deliveryP50', 'parley', { gate: '≤ 2', goal: '≤ 1' }),
        ...figureOf(rows, 'deliveryP99', 'parley', { gate: '≤ 8', goal: '≤ 4' }),
        ...ratioOf(rows, 'cpuPerMessage', 'parley', 'f3-tutorial', {}),
      ],
      notes: [],
    };
  },
};
