import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RequestClient } from '@parley/testing/load';
import { figureOf, type Row } from '../findings';
import type { Lab } from '../lab';
import { Crowd, targetOf } from '../measure/crowd';
import { peakWhile } from '../measure/peak';
import { memoryOf } from '../measure/usage';
import type { Scenario } from '../scenario.types';
import type { Product } from '../subjects/product';
import type { MadeWorld } from '../subjects/subject.types';
import { pairs } from './pairs';

const othersPerSecond = 300;
const roomSize = 100;
const bytesPerSecond = 1;
const textBytes = 8 * 1024;
const writesPerSecond = 5;
const megabyte = 2 ** 20;

export const slow: Scenario = {
  name: 'slow',
  title: 'Slow consumers',
  about: `Sockets that read ${bytesPerSecond} byte a second, in rooms into which ${writesPerSecond} messages of 8 KiB a second are written, while pairs beside them send ${othersPerSecond} a second; before that the same with sockets that read all.`,
  async run(lab) {
    const sockets = lab.quick ? 200 : 1_000;
    const row: Row = { subject: 'parley', case: `${sockets} slow sockets`, rounds: [] };
    const product = await lab.product();
    for (let round = 0; round < lab.rounds(3); round += 1)
      row.rounds.push(await measure(lab, product, sockets));
    const inCase = { ...(row.case === undefined ? {} : { case: row.case }) };
    return {
      columns: [
        { key: 'gatewayMegabytes', title: 'gateway memory + MB', digits: 0 },
        { key: 'p99Alone', title: 'others p99 alone, ms', digits: 1 },
        { key: 'p99Reading', title: 'beside sockets that read, ms', digits: 1 },
        { key: 'p99Slow', title: 'beside slow ones, ms', digits: 1 },
        { key: 'closed', title: 'slow sockets closed', digits: 0 },
        { key: 'writes', title: 'messages into their rooms', digits: 0 },
      ],
      rows: [row],
      comparisons: [
        ...figureOf([row], 'gatewayMegabytes', 'parley', { gate: '≤ 50', ...inCase }),
        ...figureOf([row], 'p99Ratio', 'parley', { goal: '≤ 1.1', ...inCase }),
      ],
      notes: [
        'Memory is compared with that after the slow sockets have connected. What the kernel buffers for them is not in it.',
      ],
    };
  },
};

async function measure(lab: Lab, product: Product, sockets: number): Promise<Record<string, number>> {
  const ms = lab.quick ? 5_000 : 30_000;
  const pace = { warmMs: 1_000, measuredMs: ms, settleMaxMs: 5_000 };
  const others = await Crowd.make(lab, product, pairs(50));
  const rooms = Array.from({ length: sockets / roomSize }, (_, room) =>
    Array.from({ length: roomSize }, (_, place) => room * roomSize + place),
  );
  // One more, who writes into all of the rooms.
  const world = await product.make({
    users: sockets + 1,
    conversations: rooms.map((members) => [...members, sockets]),
  });
  await product.restartFront();
  await others.connect();
  const alone = await others.send(othersPerSecond, pace);
  const clients = Array.from({ length: sockets }, (_, user) => ({
    auth: world.auth(user),
    conversations: [],
  }));
  const beside = async (bytes?: number): Promise<{ p99: number; grownMegabytes: number; writes: number }> => {
    await lab.generators.stall(targetOf(product), clients, bytes);
    const begun = gatewayMegabytes(product);
    const writing = new AbortController();
    const written = writeOn(product, world, sockets, writing.signal);
    const { outcome, peak } = await peakWhile(
      () => gatewayMegabytes(product),
      others.send(othersPerSecond, pace),
    );
    writing.abort();
    return { p99: outcome.deliveryLatency.p99, grownMegabytes: peak - begun, writes: await written };
  };
  const reading = await beside();
  const slowly = await beside(bytesPerSecond);
  const { closed } = await lab.generators.stalled();
  await lab.generators.close();
  const figures = {
    gatewayMegabytes: slowly.grownMegabytes,
    p99Alone: alone.deliveryLatency.p99,
    p99Reading: reading.p99,
    p99Slow: slowly.p99,
    p99Ratio: slowly.p99 / reading.p99,
    closed,
    writes: slowly.writes,
  };
  lab.options.say(
    `  + ${figures.gatewayMegabytes.toFixed(0)} MB, others' p99 alone ${figures.p99Alone.toFixed(1)}, beside readers ` +
      `${figures.p99Reading.toFixed(1)}, beside slow ones ${figures.p99Slow.toFixed(1)} ms, ${closed} closed, ${slowly.writes} written`,
  );
  return figures;
}

/** How many were written into the rooms in turn, until it is told to end. */
async function writeOn(
  product: Product,
  world: MadeWorld,
  writer: number,
  signal: AbortSignal,
): Promise<number> {
  const client = await RequestClient.open(targetOf(product), world.auth(writer));
  const run = randomUUID();
  const text = 'x'.repeat(textBytes);
  let writes = 0;
  while (!signal.aborted) {
    const due = delay(1_000 / writesPerSecond);
    await Promise.all(
      world.conversationIds.map(async (conversationId) => {
        await client.request('message.send', {
          conversationId,
          clientMessageId: `slow.${run}.${writes}`,
          text,
        });
      }),
    );
    writes += 1;
    await due;
  }
  client.close();
  return writes * world.conversationIds.length;
}

function gatewayMegabytes(product: Product): number {
  return (memoryOf(product)['gateway'] ?? NaN) / megabyte;
}
