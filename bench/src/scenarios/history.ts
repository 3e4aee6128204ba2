import { RequestClient } from '@parley/testing/load';
import type { Row } from '../findings';
import type { Lab } from '../lab';
import { targetOf } from '../measure/crowd';
import { growthOf } from '../measure/growth';
import { costOf } from '../measure/operations';
import type { Scenario } from '../scenario.types';
import { seedMessages } from '../subjects/message-seed';
import type { Product } from '../subjects/product';

const sizes = [1_000, 5_623, 31_623, 177_828, 1_000_000];
const gates = { page: '≤ 0.1', heads: '≤ 0.05', send: '≤ 0.05' } as const;
type Operation = keyof typeof gates;
const operations = Object.keys(gates) as Operation[];
const pageItems = 50;

interface Place {
  size: number;
  conversationId: string;
  token: string;
  client: RequestClient;
}

export const history: Scenario = {
  name: 'history',
  title: 'How cost grows with history',
  about:
    'CPU of the whole server side for a page of 50 at a random depth (REST), `heads` and a send (socket), in conversations of 1,000 to 1,000,000 messages; the exponent of a power law through all points of all rounds.',
  async run(lab) {
    const product = await lab.product();
    const places = await makePlaces(lab, product);
    const rows: Row[] = places.map(({ size }) => ({
      subject: 'parley',
      case: `${size} messages`,
      rounds: [],
    }));
    for (let round = 0; round < lab.rounds(5); round += 1) {
      for (const [at, place] of places.entries()) rows[at]?.rounds.push(await measure(lab, product, place));
    }
    for (const { client } of places) client.close();
    return {
      columns: operations.map((operation) => ({ key: operation, title: `${operation}: CPU µs`, digits: 0 })),
      rows,
      comparisons: operations.map((operation) =>
        growthOf(
          `exponent of CPU per ${operation}`,
          rows,
          places.map(({ size }) => size),
          operation,
          gates[operation],
        ),
      ),
      notes: ['Minimum and maximum of an exponent are the ends of its 95 % interval.'],
    };
  },
};

async function makePlaces(lab: Lab, product: Product): Promise<Place[]> {
  const chosen = lab.quick ? sizes.slice(0, 4) : sizes;
  const world = { users: chosen.length, conversations: chosen.map((_, user) => [user]) };
  const { conversationIds, auth } = await product.make(world);
  const places: Place[] = [];
  for (const [at, size] of chosen.entries()) {
    const conversationId = conversationIds[at] ?? '';
    await lab.servers.asAdmin((client) => seedMessages(client, conversationId, size));
    const { token } = JSON.parse(auth(at)) as { token: string };
    const client = await RequestClient.open(targetOf(product), auth(at));
    places.push({ size, conversationId, token, client });
    lab.options.say(`  seeded ${size} messages`);
  }
  await lab.servers.asAdmin((client) => client.query('VACUUM (ANALYZE)'));
  return places;
}

async function measure(lab: Lab, product: Product, place: Place): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const operation of operations) {
    const ms = lab.quick ? 1_000 : 3_000;
    const { cpuMicros } = await costOf(() => run(operation, product, place), product, ms);
    figures[operation] = cpuMicros;
  }
  const shown = operations.map((operation) => `${operation} ${(figures[operation] ?? NaN).toFixed(0)} µs`);
  lab.options.say(`  ${place.size} messages: ${shown.join(', ')}`);
  return figures;
}

async function run(operation: Operation, product: Product, place: Place): Promise<void> {
  const { size, conversationId, token, client } = place;
  switch (operation) {
    case 'page': {
      const before = pageItems + 1 + Math.floor(Math.random() * (size - pageItems));
      await product.rest(
        'GET',
        `/v1/conversations/${conversationId}/messages?before=${before}&limit=${pageItems}`,
        undefined,
        token,
      );
      break;
    }
    case 'heads':
      await client.request('heads', {});
      break;
    case 'send': {
      const clientMessageId = `history.${size}.${sends.next()}`;
      await client.request('message.send', { conversationId, clientMessageId, text: 'x'.repeat(120) });
      break;
    }
  }
}

const sends = {
  count: 0,
  next(): number {
    this.count += 1;
    return this.count;
  },
};
