import { setTimeout as delay } from 'node:timers/promises';
import { figureOf, type Row } from '../findings';
import { targetOf } from '../measure/crowd';
import { CpuWindow } from '../measure/usage';
import type { Lab } from '../lab';
import type { Scenario } from '../scenario.types';
import type { MadeWorld, Subject, World } from '../subjects/subject.types';

const roomSize = 10;
const senders = 10;
const perSecond = 200;
const returnWithinMs = 1_000;
const maxMs = 60_000;

export const resume: Scenario = {
  name: 'resume',
  title: 'All cut off at once',
  about: `Every client loses its connection in the same moment, comes back at a random time within ${returnWithinMs / 1_000} s and catches up by \`heads\` and \`sync\`, while ${perSecond} messages a second go on.`,
  async run(lab) {
    const clients = lab.quick ? 500 : 5_000;
    const row: Row = { subject: 'parley', case: `${clients} clients`, rounds: [] };
    const subject = await lab.subject('parley');
    const plan = worldOf(clients);
    const world = await subject.make(plan);
    // The first time compiles, and reads what later ones find in memory.
    if (!lab.quick) await measure(lab, subject, plan, world);
    for (let round = 0; round < lab.rounds(3); round += 1)
      row.rounds.push(await measure(lab, subject, plan, world));
    const inCase = { ...(row.case === undefined ? {} : { case: row.case }) };
    return {
      columns: [
        { key: 'readyP95', title: 'connected p95 s', digits: 2 },
        { key: 'caughtUpP50', title: 'caught up p50 s', digits: 2 },
        { key: 'caughtUpP95', title: 'p95 s', digits: 2 },
        { key: 'caughtUpMax', title: 'last s', digits: 2 },
        { key: 'missing', title: 'not back', digits: 0 },
        { key: 'lost', title: 'lost', digits: 0 },
        { key: 'doubled', title: 'doubled', digits: 0 },
        { key: 'synced', title: 'events by sync', digits: 0 },
        { key: 'cpuPerClient', title: 'CPU ms/client', digits: 2 },
        { key: 'cpu.gateway', title: 'gateway', digits: 2 },
        { key: 'cpu.postgres', title: 'PostgreSQL', digits: 2 },
      ],
      rows: [row],
      comparisons: [
        ...figureOf([row], 'caughtUpP95', 'parley', { gate: '≤ 5', ...inCase }),
        ...figureOf([row], 'lost', 'parley', { gate: '≤ 0', ...inCase }),
        ...figureOf([row], 'doubled', 'parley', { gate: '≤ 0', ...inCase }),
      ],
      notes: [
        'CPU per client is that of the whole server side from the cut until the last one is back, the messages that went on included.',
      ],
    };
  },
};

/** Rooms of ten clients, and in each one of the few who send and are not cut off. */
function worldOf(clients: number): World {
  const conversations = Array.from({ length: Math.ceil(clients / roomSize) }, (_, room) => [
    ...Array.from({ length: roomSize }, (_, place) => room * roomSize + place),
    clients + (room % senders),
  ]);
  return { users: clients + senders, conversations };
}

async function measure(
  lab: Lab,
  subject: Subject,
  plan: World,
  world: MadeWorld,
): Promise<Record<string, number>> {
  const target = targetOf(subject);
  const clients = plan.users - senders;
  const own = Array.from({ length: plan.users }, (_, user) => ({
    auth: world.auth(user),
    conversations: world.conversationIds.filter((_, room) => plan.conversations[room]?.includes(user)),
  }));
  await lab.generators.connect(target, own.slice(clients));
  await lab.generators.attend(target, own.slice(0, clients));
  const cpu = new CpuWindow(subject);
  const lanes = world.conversationIds.map((conversation, room) => ({ client: room % senders, conversation }));
  // The traffic begins before the cut and ends when everybody should long be back.
  const trafficMs = lab.quick ? 12_000 : 30_000;
  const traffic = lab.generators.send({
    lanes,
    perSecond,
    warmMs: 0,
    measuredMs: trafficMs,
    settleMaxMs: 10_000,
  });
  await delay(3_000);
  cpu.begin();
  const cut = await lab.generators.cut({ withinMs: returnWithinMs, maxMs });
  cpu.end();
  const sent = await traffic;
  await delay(1_000);
  const { lost, mixedUp, repeats } = await lab.generators.attended(sent.ackedMarks);
  await lab.generators.close();
  const used = cpu.used();
  const ofClient = (seconds: number): number => (seconds * 1e3) / clients;
  lab.options.say(
    `  ${cut.returned} back, caught up p50 ${(cut.caughtUp.p50 / 1e3).toFixed(2)} p95 ${(cut.caughtUp.p95 / 1e3).toFixed(2)} s, ` +
      `lost ${lost}, doubled ${mixedUp}, dropped as known ${repeats}, retries ${JSON.stringify(cut.retries)}`,
  );
  return {
    readyP95: cut.ready.p95 / 1e3,
    caughtUpP50: cut.caughtUp.p50 / 1e3,
    caughtUpP95: cut.caughtUp.p95 / 1e3,
    caughtUpMax: cut.caughtUp.max / 1e3,
    missing: cut.missing,
    lost,
    doubled: mixedUp,
    synced: cut.synced,
    cpuPerClient: ofClient(used.total),
    ...Object.fromEntries(
      Object.entries(used.byPart).map(([part, seconds]) => [`cpu.${part}`, ofClient(seconds)]),
    ),
  };
}
