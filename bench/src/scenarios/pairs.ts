import type { Column } from '../findings';
import type { CrowdPlan } from '../measure/crowd';

/** So many conversations of two; both write, one after the other. */
export function pairs(count: number): CrowdPlan {
  const conversations = Array.from({ length: count }, (_, pair) => [2 * pair, 2 * pair + 1]);
  const lanes = [0, 1].flatMap((side) =>
    conversations.map((_, pair) => ({ user: 2 * pair + side, conversation: pair })),
  );
  return { users: 2 * count, conversations, lanes };
}

export const sendColumns: Column[] = [
  { key: 'perSecond', title: 'messages/s', digits: 0 },
  { key: 'cpuPerMessage', title: 'CPU µs/message', digits: 0 },
  { key: 'cpu.gateway', title: 'gateway', digits: 0 },
  { key: 'cpu.api', title: 'api', digits: 0 },
  { key: 'cpu.worker', title: 'worker', digits: 0 },
  { key: 'cpu.server', title: 'floor', digits: 0 },
  { key: 'cpu.postgres', title: 'PostgreSQL', digits: 0 },
  { key: 'cpu.redis', title: 'Redis', digits: 0 },
  { key: 'ackP50', title: 'ack p50 ms', digits: 2 },
  { key: 'ackP99', title: 'ack p99 ms', digits: 1 },
  { key: 'deliveryP50', title: 'delivery p50 ms', digits: 2 },
  { key: 'deliveryP99', title: 'delivery p99 ms', digits: 1 },
];
