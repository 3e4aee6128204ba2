import { setTimeout as delay } from 'node:timers/promises';
import type { ClientPlan } from '@parley/testing/load';
import { ratioOf, type Comparison, type Row } from '../findings';
import type { Lab, SubjectName } from '../lab';
import { collectGarbage } from '../measure/collecting';
import { targetOf } from '../measure/crowd';
import { makeGroups } from '../measure/groups';
import { CpuWindow, memoryOf, sumOf } from '../measure/usage';
import type { Scenario } from '../scenario.types';
import type { Subject } from '../subjects/subject.types';

const subjects: SubjectName[] = ['parley', 'f1-ws', 'f2-socket.io'];
const sizes = [1_000, 5_000];
const warmConnections = 100;
const settleMs = 3_000;

export const idle: Scenario = {
  name: 'idle',
  title: 'Idle connections',
  about:
    'Memory (what is mapped from files left out) and CPU that each connection costs while nothing happens but heartbeats; the process with the sockets begins anew every time, and collects its garbage before its memory is read.',
  async run(lab) {
    const rows: Row[] = [];
    const comparisons: Comparison[] = [];
    for (const connections of lab.quick ? sizes.slice(0, 1) : sizes) {
      const inCase = `${connections} connections`;
      const ofSize: Row[] = lab.chosen(subjects).map((subject) => ({ subject, case: inCase, rounds: [] }));
      const crowds = new Map<string, ClientPlan[]>();
      for (let round = 0; round < lab.rounds(3); round += 1) {
        for (const row of ofSize) {
          const subject = await lab.subject(row.subject as SubjectName);
          const clients = crowds.get(row.subject) ?? (await makeGroups(subject, connections));
          crowds.set(row.subject, clients);
          row.rounds.push(await measure(lab, subject, clients));
        }
      }
      rows.push(...ofSize);
      comparisons.push(
        ...ratioOf(ofSize, 'frontKilobytes', 'parley', 'f2-socket.io', {
          gate: '≤ 1',
          goal: '≤ 0.5',
          case: inCase,
        }),
        ...ratioOf(ofSize, 'frontKilobytes', 'parley', 'f1-ws', { goal: '≤ 1.3', case: inCase }),
        ...ratioOf(ofSize, 'cpuPerConnection', 'parley', 'f2-socket.io', {
          gate: '≤ 1',
          goal: '≤ 0.5',
          case: inCase,
        }),
      );
    }
    return {
      columns: [
        { key: 'frontKilobytes', title: 'KB/connection, process with the sockets', digits: 1 },
        { key: 'allKilobytes', title: 'KB/connection, whole server side', digits: 1 },
        { key: 'cpuPerConnection', title: 'CPU µs/s and connection', digits: 2 },
        { key: 'cpuEmpty', title: 'CPU ms/s without any', digits: 1 },
      ],
      rows,
      comparisons,
      notes: [
        'CPU per connection is what came on top of the same server without connections; below zero, less than its own work differs from one minute to the next.',
      ],
    };
  },
};

async function measure(
  lab: Lab,
  subject: Subject,
  clients: readonly ClientPlan[],
): Promise<Record<string, number>> {
  const watchMs = lab.quick ? 6_000 : 50_000;
  await subject.restartFront();
  // Code that runs for the first time takes memory that belongs to no connection.
  await lab.generators.connect(targetOf(subject), clients.slice(0, warmConnections));
  await lab.generators.close();
  await delay(settleMs);
  const empty = await watch(subject, watchMs);
  const { connected, failed } = await lab.generators.connect(targetOf(subject), clients);
  if (connected < clients.length) throw new Error(`not all connected: ${JSON.stringify(failed)}`);
  await delay(settleMs);
  const full = await watch(subject, watchMs);
  await lab.generators.close();
  const perConnection = (bytes: number): number => bytes / 1024 / connected;
  const figures = {
    frontKilobytes: perConnection(frontOf(full.memory) - frontOf(empty.memory)),
    allKilobytes: perConnection(sumOf(full.memory) - sumOf(empty.memory)),
    cpuPerConnection: ((full.cpuPerSecond - empty.cpuPerSecond) * 1e6) / connected,
    cpuEmpty: empty.cpuPerSecond * 1e3,
  };
  lab.options.say(
    `  ${subject.name} ${connected}: ${figures.frontKilobytes.toFixed(1)} KB (${megabytes(empty)} MB before, ${megabytes(full)} MB with them), ${figures.cpuPerConnection.toFixed(2)} µs/s per connection`,
  );
  return figures;
}

async function watch(
  subject: Subject,
  ms: number,
): Promise<{ memory: Record<string, number>; cpuPerSecond: number }> {
  const cpu = new CpuWindow(subject);
  cpu.begin();
  await delay(ms);
  cpu.end();
  const { total, seconds } = cpu.used();
  await collectGarbage(frontOf(subject.processes));
  return { memory: memoryOf(subject), cpuPerSecond: total / seconds };
}

function megabytes({ memory }: { memory: Record<string, number> }): string {
  return (frontOf(memory) / 1024 ** 2).toFixed(1);
}

/** Of the process that holds the sockets. */
function frontOf(byPart: Readonly<Record<string, number>>): number {
  return byPart['gateway'] ?? byPart['server'] ?? NaN;
}
