import { setTimeout as delay } from 'node:timers/promises';
import { generatorLimits, type ClientPlan } from '@parley/testing/load';
import { figureOf, ratioOf, type Row } from '../findings';
import type { Lab, SubjectName } from '../lab';
import { targetOf } from '../measure/crowd';
import { makeGroups } from '../measure/groups';
import { CpuWindow } from '../measure/usage';
import type { Scenario } from '../scenario.types';
import type { Subject } from '../subjects/subject.types';

const subjects: SubjectName[] = ['parley', 'f1-ws', 'f2-socket.io'];
const atOnce = 100;
const calmPerSecond = 500;
/** Tens of thousands of connects until the code of a server is compiled as it stays. */
const warmPasses = 5;
/** Both sides have put away thousands of closed connections then. */
const settleMs = 2_000;

export const connect: Scenario = {
  name: 'connect',
  title: 'Connects',
  about: `Authenticated connects until \`ready\`, ${atOnce} at a time, of users in a conversation of 20; and the p99 at ${calmPerSecond} connects a second.`,
  async run(lab) {
    const users = lab.quick ? 1_000 : 4_000;
    const rows: Row[] = lab.chosen(subjects).map((subject) => ({ subject, rounds: [] }));
    const crowds = new Map<string, ClientPlan[]>();
    for (let round = 0; round < lab.rounds(3); round += 1) {
      for (const row of rows) {
        const subject = await lab.subject(row.subject as SubjectName);
        let clients = crowds.get(row.subject);
        if (clients === undefined) {
          crowds.set(row.subject, (clients = await makeGroups(subject, users)));
          // The first pass makes what later ones find.
          for (let pass = 0; pass < (lab.quick ? 1 : warmPasses); pass += 1)
            await lab.generators.connect(targetOf(subject), clients, { concurrency: atOnce });
        }
        const { figures, why } = await measure(lab, subject, clients);
        if (figures !== undefined) row.rounds.push(figures);
        if (why !== undefined) row.stoppedBy = why;
      }
    }
    return {
      columns: [
        { key: 'connectsPerSecond', title: 'connects/s', digits: 0 },
        { key: 'cpuPerConnect', title: 'CPU µs/connect', digits: 0 },
        { key: 'p99', title: `p99 ms, ${atOnce} at a time`, digits: 0 },
        { key: 'calmP50', title: `p50 ms at ${calmPerSecond}/s`, digits: 1 },
        { key: 'calmP99', title: `p99 ms at ${calmPerSecond}/s`, digits: 1 },
      ],
      rows,
      comparisons: [
        ...figureOf(rows, 'connectsPerSecond', 'parley', { gate: '≥ 1500', goal: '≥ 4000' }),
        ...ratioOf(rows, 'cpuPerConnect', 'parley', 'f2-socket.io', {}),
      ],
      notes: [],
    };
  },
};

async function measure(
  lab: Lab,
  subject: Subject,
  clients: readonly ClientPlan[],
): Promise<{ figures?: Record<string, number>; why?: string }> {
  await lab.generators.close();
  await delay(settleMs);
  const cpu = new CpuWindow(subject);
  cpu.begin();
  const rush = await lab.generators.connect(targetOf(subject), clients, { concurrency: atOnce });
  cpu.end();
  await lab.generators.close();
  await delay(settleMs);
  const calm = await lab.generators.connect(targetOf(subject), clients.slice(0, 2 * calmPerSecond), {
    perSecond: calmPerSecond,
  });
  await lab.generators.close();
  const { generator } = rush;
  const perSecond = rush.connected / rush.seconds;
  lab.options.say(
    `  ${subject.name}: ${perSecond.toFixed(0)} connects/s, p99 ${rush.latency.p99.toFixed(0)} ms, at ${calmPerSecond}/s ` +
      `${calm.latency.p99.toFixed(1)} ms, generator ${(generator.cpuShare * 100).toFixed(0)} %`,
  );
  const failed = { ...rush.failed, ...calm.failed };
  if (Object.keys(failed).length > 0) return { why: `failed: ${JSON.stringify(failed)}` };
  if (calm.generator.lagP99Ms > generatorLimits.lagP99Ms)
    return { why: `void: lag p99 ${calm.generator.lagP99Ms.toFixed(1)} ms` };
  return {
    figures: {
      connectsPerSecond: perSecond,
      cpuPerConnect: (cpu.used().total * 1e6) / rush.connected,
      p99: rush.latency.p99,
      calmP50: calm.latency.p50,
      calmP99: calm.latency.p99,
      generatorShare: generator.cpuShare,
    },
    // Not void: a generator at its limit makes the rate too low, never too high.
    ...(generator.cpuShare > generatorLimits.cpuShare
      ? { why: 'the generator: the rate is at least this' }
      : {}),
  };
}
