import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RestError, startSystem, waitFor, type System } from '@parley/testing';
import { makeGroup, textsOf } from './history';
import { ReturningClient } from './returning-client';

const userIds = Array.from({ length: 10 }, (_, index) => `user-${index}`);

/** Restarts api, gateways and worker one after the other, so many times over, under load from sockets and REST (F16). */
export async function restartEverything(rounds: number): Promise<string> {
  const system = await startSystem();
  const clients: ReturningClient[] = [];
  try {
    return await restartUnderLoad(system, clients, rounds);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await system.stop();
  }
}

async function restartUnderLoad(system: System, clients: ReturningClient[], rounds: number): Promise<string> {
  const [owner = '', ...others] = userIds;
  const id = await makeGroup(system, owner, ...others);
  for (const [index, userId] of userIds.entries()) {
    clients.push(new ReturningClient(system.gatewayUrls, await system.token(userId), index));
  }
  await Promise.all(clients.map((client) => client.ready()));
  const sending = clients.map((client) => client.sendOn(id, 20));
  const overRest = new RestSender(system, await system.token(owner), id);

  await delay(1_000);
  const exitCodes: (number | null)[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const process of system.processes) {
      exitCodes.push(await process.restart());
      await delay(500);
    }
  }
  for (const client of clients) client.stop();
  await Promise.all([...sending, overRest.stop()]);

  expect(exitCodes).toEqual(exitCodes.map(() => 0));
  expect([...overRest.refused, ...clients.flatMap(({ refused }) => refused)]).toEqual([]);
  expect(clients.reduce((sum, { unanswered }) => sum + unanswered, 0)).toBe(0);
  const sent = [...overRest.acked, ...clients.flatMap(({ acked }) => acked)].sort();
  expect(sent.length).toBeGreaterThan(500 * rounds);
  expect((await textsOf(system, id, owner)).sort()).toEqual(sent);
  return `${exitCodes.length} restarts, ${sent.length} messages: none lost, none doubled, none failed, every ack in flight came`;
}

/** Posts one message after the other; a refused connection is tried again, an answer must be a good one. */
class RestSender {
  readonly acked: string[] = [];
  readonly refused: string[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly system: System,
    private readonly token: string,
    private readonly conversationId: string,
  ) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const text = randomUUID();
      await waitFor(() => this.post(text), { timeoutMs: 20_000, message: 'an answer of the api' });
      this.acked.push(text);
      await delay(20);
    }
  }

  private async post(text: string): Promise<boolean> {
    const path = `/v1/conversations/${this.conversationId}/messages`;
    try {
      await this.system.rest('POST', path, { clientMessageId: text, text }, this.token);
      return true;
    } catch (error) {
      if (error instanceof RestError && error.status !== 503) this.refused.push(error.message);
      throw error;
    }
  }
}
