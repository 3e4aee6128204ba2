import type { Client } from 'pg';
import type { Column, Row } from '../findings';
import type { Lab } from '../lab';
import { growthOf } from '../measure/growth';
import { costOf } from '../measure/operations';
import type { Scenario } from '../scenario.types';
import { seedSearchable, withSearchIndexLast } from '../subjects/message-seed';
import type { Product } from '../subjects/product';

const sizes = [1_000, 5_623, 31_623, 177_828, 1_000_000];
const gates = { page: '≤ 0.1', list: '≤ 0.05', unread: '≤ 0.05', read: '≤ 0.05', search: undefined } as const;
const titles = {
  page: 'history page',
  list: 'conversation list',
  unread: 'unread totals',
  read: 'read mark',
  search: 'search',
} as const;
type Operation = keyof typeof gates;
const operations = Object.keys(gates) as Operation[];
const pageItems = 50;
/** In each conversation but the large one. */
const usualMessages = 10;

/** A user with many conversations, one of them with this many messages. */
interface Inbox {
  size: number;
  large: string;
  token: string;
}

export const inbox: Scenario = {
  name: 'inbox',
  title: 'What an inbox costs',
  about:
    'CPU of the whole server side and the 99th percentile of a REST call, for a user with 1,000 conversations, one of them with 1,000 to 1,000,000 messages: a page of 50 at a random depth there, the conversation list, the totals of unread, a read mark there, and a search for a rare word.',
  async run(lab) {
    const product = await lab.product();
    const inboxes = await makeInboxes(lab, product);
    const rows: Row[] = inboxes.map(({ size }) => ({
      subject: 'parley',
      case: `${size} messages`,
      rounds: [],
    }));
    for (let round = 0; round < lab.rounds(3); round += 1) {
      for (const [at, each] of inboxes.entries()) rows[at]?.rounds.push(await measure(lab, product, each));
    }
    return {
      columns: operations.flatMap((operation): Column[] => [
        { key: operation, title: `${titles[operation]}: CPU µs`, digits: 0 },
        { key: `${operation}P99`, title: 'p99 ms', digits: 1 },
      ]),
      rows,
      comparisons: operations.map((operation) =>
        growthOf(
          `exponent of CPU per ${titles[operation]}`,
          rows,
          inboxes.map(({ size }) => size),
          operation,
          gates[operation],
        ),
      ),
      notes: [
        'Minimum and maximum of an exponent are the ends of its 95 % interval.',
        'Four calls at a time, on the core of the server side: a 99th percentile holds the wait for the three others.',
      ],
    };
  },
};

async function makeInboxes(lab: Lab, product: Product): Promise<Inbox[]> {
  const chosen = lab.quick ? sizes.slice(0, 4) : sizes;
  const perUser = lab.quick ? 100 : 1_000;
  // User 0 is the one that all others talk to.
  const conversations = chosen.flatMap((_, user) =>
    Array.from({ length: perUser }, (): number[] => [user + 1, 0]),
  );
  const { conversationIds, auth } = await product.make({ users: chosen.length + 1, conversations });
  const inboxes: Inbox[] = [];
  await lab.servers.asAdmin(async (client) => {
    await withSearchIndexLast(client, async () => {
      for (const [user, size] of chosen.entries()) {
        const [large = '', ...usual] = conversationIds.slice(user * perUser, (user + 1) * perUser);
        const { token } = JSON.parse(auth(user + 1)) as { token: string };
        const partner = await partnerIn(client, large);
        await seedSearchable(client, usual, partner, usualMessages);
        await seedSearchable(client, [large], partner, size);
        inboxes.push({ size, large, token });
        lab.options.say(`  seeded ${size} messages`);
      }
    });
    await client.query('VACUUM (ANALYZE)');
  });
  return inboxes;
}

async function partnerIn(client: Client, conversationId: string): Promise<string> {
  const { rows } = await client.query<{ user_id: string }>(
    `SELECT user_id FROM participant WHERE conversation_id = $1 AND user_id LIKE '%-0'`,
    [conversationId],
  );
  const [partner] = rows;
  if (partner === undefined) throw new Error('the conversation has no partner');
  return partner.user_id;
}

async function measure(lab: Lab, product: Product, each: Inbox): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const operation of operations) {
    const call = (): Promise<unknown> => run(operation, product, each);
    const { cpuMicros, latency } = await costOf(call, product, lab.quick ? 1_000 : 3_000);
    figures[operation] = cpuMicros;
    figures[`${operation}P99`] = latency.p99;
  }
  const shown = operations.map((operation) => `${operation} ${(figures[operation] ?? NaN).toFixed(0)} µs`);
  lab.options.say(`  ${each.size} messages: ${shown.join(', ')}`);
  return figures;
}

function run(operation: Operation, product: Product, { size, large, token }: Inbox): Promise<unknown> {
  const conversation = `/v1/conversations/${large}`;
  switch (operation) {
    case 'page': {
      const before = pageItems + 1 + Math.floor(Math.random() * (size - pageItems));
      return product.rest(
        'GET',
        `${conversation}/messages?before=${before}&limit=${pageItems}`,
        undefined,
        token,
      );
    }
    case 'list':
      return product.rest('GET', `/v1/conversations?limit=${pageItems}`, undefined, token);
    case 'unread':
      return product.rest('GET', '/v1/unread', undefined, token);
    case 'read':
      return product.rest('POST', `${conversation}/read`, {}, token);
    case 'search':
      return product.rest('GET', '/v1/messages/search?q=seldom', undefined, token);
  }
}
