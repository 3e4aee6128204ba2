import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from './checker/check';
import { recoveryTimes, type Recovery } from './checker/recovery';
import type { Verdict } from './checker/verdict.types';
import type { ChaosClient } from './clients/chaos-client';
import { RawClient } from './clients/raw-client';
import { SdkClient } from './clients/sdk-client';
import { actsOn } from './faults/acts';
import { inject } from './faults/injector';
import { planFaults, type Fault, type FaultKind } from './faults/schedule';
import { readFinalState } from './final-read';
import { History } from './history/history';
import { MemberChanges } from './load/member-changes';
import { Traffic } from './load/traffic';
import { makeWorld, type World } from './load/world';
import { Random } from './random';
import { Installation, type Product } from './system/installation';
import { TcpProxy } from './system/tcp-proxy';

export interface RunOptions {
  seed: number;
  messages: number;
  clients: number;
  conversations: number;
  faults: number;
  /** Default: all. */
  kinds?: FaultKind[];
  /** Messages a second in calm weather. */
  rate: number;
  /** Milliseconds of the quiet time in which everything must arrive by itself. */
  quietMs: number;
  product: Product;
  /** Where the history and the final state are kept, under names with the seed. */
  keepIn?: string;
  /** Told of what goes on. */
  say?: (line: string) => void;
}

export interface RunReport {
  seed: number;
  verdict: Verdict;
  faultsByKind: Map<FaultKind, number>;
  recoveries: Recovery[];
  /** Processes that ended by themselves, with the end of what they printed. */
  crashes: string[];
  tookMs: number;
}

const groups = 4;
const settleMs = 90_000;
const liveMs = 60_000;
const reconcileMs = 2_000;

/** One run: an installation of its own, traffic under faults, rest, final read, verdict. */
export async function run(options: RunOptions): Promise<RunReport> {
  const startedAt = performance.now();
  const installation = await Installation.start(options.product);
  const history = new History(
    options.keepIn === undefined ? undefined : keptFiles(options.keepIn, options.seed).history,
  );
  try {
    return await new Run(options, installation, history).finish(startedAt);
  } finally {
    await installation.stop();
    history.close();
  }
}

export function keptFiles(folder: string, seed: number): { history: string; final: string } {
  return { history: join(folder, `${seed}.history.jsonl`), final: join(folder, `${seed}.final.json`) };
}

class Run {
  private readonly random: Random;
  private readonly faults: Fault[];
  private readonly crashes: string[] = [];
  private proxies: TcpProxy[] = [];
  private clients: ChaosClient[] = [];

  constructor(
    private readonly options: RunOptions,
    private readonly installation: Installation,
    private readonly history: History,
  ) {
    this.random = new Random(options.seed);
    this.faults = planFaults(this.random.fork(), options.faults, options.kinds);
  }

  async finish(startedAt: number): Promise<RunReport> {
    const world = await makeWorld(this.installation.backend, this.random.fork(), this.options);
    try {
      await this.play(world);
    } finally {
      for (const client of this.clients) client.close();
      await Promise.all(this.proxies.map((proxy) => proxy.close()));
    }
    const { seed } = this.options;
    const tokens = new Map(world.people.map(({ user, token }) => [user, token]));
    const ids = world.conversations.map(({ id }) => id);
    const final = await readFinalState(this.installation, ids, tokens);
    if (this.options.keepIn !== undefined) {
      writeFileSync(keptFiles(this.options.keepIn, seed).final, JSON.stringify(final));
    }
    const faultsByKind = new Map<FaultKind, number>();
    for (const { kind } of this.faults) faultsByKind.set(kind, (faultsByKind.get(kind) ?? 0) + 1);
    return {
      seed,
      verdict: check(this.history.records, final),
      faultsByKind,
      recoveries: recoveryTimes(this.history.records, final),
      crashes: this.crashes,
      tookMs: performance.now() - startedAt,
    };
  }

  private async play(world: World): Promise<void> {
    const { history, random } = this;
    await this.openProxies();
    this.clients = this.makeClients(world);
    for (const client of this.clients) client.start();
    await this.allLive('at the beginning');
    const changes = new MemberChanges(world, this.installation.backend, history, random.fork());
    const traffic = new Traffic(world, this.clients, changes, random.fork(), this.options);
    const talking = traffic.run();
    await this.breakThings(traffic);
    await Promise.race([talking, delay(settleMs, undefined, { ref: false })]);
    traffic.stop();
    await this.allLive('after the last fault');
    await this.lastWords(traffic);
    history.add({ type: 'mark', name: 'quiet' });
    await delay(this.options.quietMs);
    history.add({ type: 'mark', name: 'end' });
    // What comes now does not count as delivered; it tells what is lost from what was only not told.
    for (const proxy of this.proxies) proxy.cut();
    await delay(reconcileMs);
    await this.allLive('after the quiet time');
    await delay(reconcileMs);
  }

  private async openProxies(): Promise<void> {
    const gatewayPorts = this.installation.gateways.map(({ port }) => port);
    for (let group = 0; group < groups; group += 1) this.proxies.push(await TcpProxy.listen(gatewayPorts));
    this.proxies.push(await TcpProxy.listen([this.installation.api.port]));
  }

  private makeClients(world: World): ChaosClient[] {
    const apiUrl = this.proxies.at(-1)?.url ?? '';
    const devices = world.people.flatMap(({ user, token, clients }) =>
      clients.map(({ name, kind }) => ({ name, kind, user, token })),
    );
    return devices.map(({ kind, ...device }, index) => {
      const options = { ...device, gatewayUrl: this.proxies[index % groups]?.url ?? '', apiUrl };
      const random = this.random.fork();
      return kind === 'raw'
        ? new RawClient(options, this.history, random)
        : new SdkClient(options, this.history, random);
    });
  }

  /** Each fault at its share of the messages; the traffic waits for the faults where they take longer. */
  private async breakThings(traffic: Traffic): Promise<void> {
    const { messages } = this.options;
    const acts = actsOn(this.installation, this.proxies);
    const share = messages / (this.faults.length + 1);
    for (const fault of this.faults) {
      const due = Math.floor(share * fault.number);
      traffic.allow(Math.ceil(due + share));
      while (traffic.sent < due) await delay(10);
      this.options.say?.(`fault ${fault.number}/${this.faults.length}: ${fault.kind}`);
      await inject(fault, acts, this.history);
      await this.reviveCrashed(fault.kind);
    }
    traffic.allow(messages);
  }

  /** Nothing reaches the other gateway of what is said now, and nothing follows that would show it as a hole. */
  private async lastWords(traffic: Traffic): Promise<void> {
    const fault = this.faults.length + 1;
    const kind = 'redis-restart';
    this.history.add({ type: 'fault-start', fault, kind, target: 'redis' });
    await this.installation.stopRedis();
    await Promise.race([traffic.lastWords(), delay(settleMs, undefined, { ref: false })]);
    await this.installation.startRedis();
    this.history.add({ type: 'fault-end', fault, kind });
    this.history.add({ type: 'mark', name: 'healed' });
  }

  /** No fault may take a process along that was not meant. */
  private async reviveCrashed(during: string): Promise<void> {
    for (const process of this.installation.processes) {
      if (process.isAlive) continue;
      this.crashes.push(`${process.app} ended during ${during}: ${process.log.slice(-2_000)}`);
      await process.startAgain();
    }
  }

  private async allLive(when: string): Promise<void> {
    const deadline = performance.now() + liveMs;
    while (this.clients.some(({ isLive }) => !isLive)) {
      if (performance.now() > deadline) {
        const away = this.clients.filter(({ isLive }) => !isLive).map(({ name }) => name);
        this.options.say?.(`not live ${when}: ${away.join(', ')}`);
        return;
      }
      await delay(50);
    }
  }
}
