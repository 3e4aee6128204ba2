import { ratioOf, type Comparison, type Row } from '../findings';
import { highestRates } from '../measure/highest-rates';
import type { Scenario } from '../scenario.types';
import { room as roomOf, roomColumns } from './rooms';

const sizes = [10, 100, 1_000];
const quickSizes = [10, 1_000];
const writersMax = 10;
const deliveriesAtStart = { parley: 10_000, 'f1-ws': 25_000, 'f2-socket.io': 15_000 } as const;

export const room: Scenario = {
  name: 'room',
  title: 'Rooms: what a delivery costs',
  about:
    'One conversation of 10, 100 or 1,000, ten of them write; CPU of the whole server side for each delivery, at the highest rate with p99 below 100 ms.',
  async run(lab) {
    const rows: Row[] = [];
    const comparisons: Comparison[] = [];
    for (const members of lab.quick ? quickSizes : sizes) {
      const inCase = `${members} members`;
      const startAt = Object.fromEntries(
        Object.entries(deliveriesAtStart).map(([name, deliveries]) => [name, deliveries / members]),
      );
      const plan = roomOf(members, writersMax);
      const found = await highestRates(lab, { plan, rounds: lab.rounds(3), startAt, case: inCase });
      rows.push(...found);
      comparisons.push(
        ...ratioOf(found, 'cpuPerDelivery', 'parley', 'f2-socket.io', { gate: '≤ 1', case: inCase }),
        ...ratioOf(found, 'cpuPerDelivery', 'parley', 'f1-ws', { goal: '≤ 1', case: inCase }),
      );
    }
    return { columns: roomColumns, rows, comparisons, notes: [] };
  },
};
