import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosClient } from '../clients/chaos-client';
import { RawClient } from '../clients/raw-client';
import type { Random } from '../random';
import type { MemberChanges } from './member-changes';
import { MessageChanges } from './message-changes';
import type { Conversation, World } from './world';

export interface TrafficOptions {
  messages: number;
  /** Messages a second in calm weather. */
  rate: number;
}

const sameKeyTogetherShare = 0.03;
const sentAgainShare = 0.05;
const otherWordsShare = 0.01;
const pageShare = 0.03;
const trespassShare = 0.02;
const messagesPerMemberChange = 30;
const fillers = ['', ' and a few words more', ` and ${'many '.repeat(40)}words`];

/**
 * The clients' sends: conversations by Zipf, repeats, concurrent sends of one key, changes of what was sent, pages of history,
 * comings and goings.
 */
export class Traffic {
  private begun = 0;
  private stored = 0;
  private allowed = 0;
  private isOver = false;
  private readonly byClient: Map<string, Conversation[]>;
  private readonly messageChanges: MessageChanges;
  private foreign: MessageChanges | undefined;

  constructor(
    private readonly world: World,
    private readonly clients: readonly ChaosClient[],
    private readonly changes: MemberChanges,
    private readonly random: Random,
    private readonly options: TrafficOptions,
  ) {
    this.messageChanges = new MessageChanges(world.canary);
    this.byClient = new Map(clients.map(({ name, user }) => [name, conversationsOf(world, user)]));
  }

  /** Messages that are stored or under way. */
  get sent(): number {
    return this.begun;
  }

  /** Some of the clients are to ask for what is in the traffic of another tenant. */
  trespassOn(other: Traffic): void {
    this.foreign = other.messageChanges;
  }

  /** Lets the traffic go on up to this share of its messages: faults and messages are to end together. */
  allow(share: number): void {
    this.allowed = Math.ceil(this.options.messages * Math.min(1, share));
  }

  /** Resolves when all messages are sent and settled. */
  async run(): Promise<void> {
    await Promise.all(this.clients.map((client) => this.talk(client, this.random.fork())));
    await this.changes.settled();
  }

  stop(): void {
    this.isOver = true;
  }

  /** One last message into each conversation, each by somebody else, all at once. */
  async lastWords(): Promise<void> {
    const sends = this.world.conversations.map((conversation, index) => {
      const speakers = this.clients.filter(({ user }) => conversation.members.includes(user));
      const client = this.random.pick(speakers);
      return client.send(
        conversation.id,
        `last.${index}.${client.name}`,
        `the last words of ${index}, by ${client.name}`,
      );
    });
    await Promise.all(sends);
  }

  private async talk(client: ChaosClient, random: Random): Promise<void> {
    const pauseMs = (1_000 * this.clients.length) / this.options.rate;
    await delay(random.next() * pauseMs);
    for (let number = 1; !this.isOver && this.stored < this.options.messages; number += 1) {
      if (this.begun >= this.allowed) {
        await delay(20);
        continue;
      }
      this.begun += 1;
      if (this.begun % messagesPerMemberChange === 0) this.changes.begin();
      const began = performance.now();
      // What was refused or given up does not count.
      if (await this.say(client, random, number)) this.stored += 1;
      else this.begun -= 1;
      await delay(Math.max(0, pauseMs * (0.5 + random.next()) - (performance.now() - began)));
    }
  }

  private async say(client: ChaosClient, random: Random, number: number): Promise<boolean> {
    const conversation = random.pickByZipf(this.byClient.get(client.name) ?? []);
    const { id } = conversation;
    const key = `${client.name}.${String(number).padStart(5, '0')}`;
    const body = `${key}${random.pick(fillers)}`;
    const together = client instanceof RawClient && random.chance(sameKeyTogetherShare);
    const [place] = await Promise.all([
      client.send(id, key, body),
      ...(together ? [client.sender.overRest(id, key, body)] : []),
    ]);
    if (random.chance(sentAgainShare)) await client.send(id, key, body);
    if (random.chance(otherWordsShare)) await client.send(id, key, `other words than ${body}`);
    if (client instanceof RawClient && random.chance(pageShare)) {
      await client.sender.page(id, random.between(0, number * 10), random.between(1, 200));
    }
    const foreign = this.foreign?.any(random);
    if (client instanceof RawClient && foreign !== undefined && random.chance(trespassShare)) {
      await client.trespasser.trespass(foreign);
    }
    if (place !== undefined) this.messageChanges.note(client, id, place);
    await this.messageChanges.change(client, conversation, random);
    return place !== undefined;
  }
}

function conversationsOf(world: World, user: string): Conversation[] {
  const isIn = ({ members, floaters }: Conversation): boolean =>
    members.includes(user) || floaters.some((floater) => floater.user === user);
  return world.conversations.filter(isIn);
}
