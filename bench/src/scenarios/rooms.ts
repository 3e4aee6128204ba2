import type { Column } from '../findings';
import type { CrowdPlan } from '../measure/crowd';

/** One conversation of so many, of whom some write in turn. */
export function room(members: number, writers: number): CrowdPlan {
  return {
    users: members,
    conversations: [Array.from({ length: members }, (_, user) => user)],
    lanes: Array.from({ length: writers }, (_, user) => ({ user, conversation: 0 })),
  };
}

export const roomColumns: Column[] = [
  { key: 'perSecond', title: 'messages/s', digits: 0 },
  { key: 'deliveriesPerSecond', title: 'deliveries/s', digits: 0 },
  { key: 'cpuPerDelivery', title: 'CPU µs/delivery', digits: 2 },
  { key: 'cpuPerMessage', title: 'CPU µs/message', digits: 0 },
  { key: 'ackP99', title: 'ack p99 ms', digits: 1 },
  { key: 'deliveryP50', title: 'delivery p50 ms', digits: 2 },
  { key: 'deliveryP99', title: 'delivery p99 ms', digits: 1 },
];
