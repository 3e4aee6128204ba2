import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@parley/testing';
import { check } from './checker/check';
import type { FinalState } from './checker/final-state.types';
import { recoveryTimes, type Recovery } from './checker/recovery';
import type { Verdict } from './checker/verdict.types';
import type { ChaosClient } from './clients/chaos-client';
import { actsOn } from './faults/acts';
import { inject } from './faults/injector';
import { planFaults, type Fault, type FaultKind } from './faults/schedule';
import { readFinalState } from './final-read';
import { History } from './history/history';
import type { Traffic } from './load/traffic';
import { Random } from './random';
import { Installation, type Product } from './system/installation';
import type { TcpProxy } from './system/tcp-proxy';
import { Tenancy } from './tenancy';

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
  /** Milliseconds before and after the last reconnect, which tells what is lost from what is late. */
  reconcileMs: number;
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

/** The first tenant has nearly all of the traffic; the other one is there to see nothing of it. */
const tenants = { first: 'amberwing', other: 'cobaltfin' } as const;
const ways = { first: 4, other: 1 } as const;
const otherSize = { clients: 4, conversations: 3, trafficShare: 0.1 } as const;
const settleMs = 90_000;
// Between two faults a few hundred messages are due, mostly in seconds.
const stuckAfterMs = 300_000;
const liveMs = 60_000;

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
  private tenancies: Tenancy[] = [];

  constructor(
    private readonly options: RunOptions,
    private readonly installation: Installation,
    private readonly history: History,
  ) {
    this.random = new Random(options.seed);
    this.faults = planFaults(this.random.fork(), options.faults, options.kinds);
  }

  async finish(startedAt: number): Promise<RunReport> {
    const { installation, history } = this;
    try {
      await this.makeTenancies();
      await this.play();
    } finally {
      await Promise.all(this.tenancies.map((tenancy) => tenancy.close()));
    }
    const { seed } = this.options;
    const states: FinalState[] = [];
    for (const { backend, world } of this.tenancies) {
      states.push(await readFinalState(installation, backend, world));
    }
    for (const tenancy of this.tenancies) tenancy.tellWatched();
    const final: FinalState = {
      conversations: states.flatMap(({ conversations }) => conversations),
      views: states.flatMap(({ views }) => views),
      unread: states.flatMap(({ unread }) => unread),
    };
    if (this.options.keepIn !== undefined) {
      writeFileSync(keptFiles(this.options.keepIn, seed).final, JSON.stringify(final));
    }
    const faultsByKind = new Map<FaultKind, number>();
    for (const { kind } of this.faults) faultsByKind.set(kind, (faultsByKind.get(kind) ?? 0) + 1);
    return {
      seed,
      verdict: check(history.records, final),
      faultsByKind,
      recoveries: recoveryTimes(history.records, final),
      crashes: this.crashes,
      tookMs: performance.now() - startedAt,
    };
  }

  private async makeTenancies(): Promise<void> {
    const { installation, history, random, options } = this;
    const first = await Tenancy.make(installation, history, random.fork(), {
      ...options,
      canary: tenants.first,
      isFirst: true,
      ways: ways.first,
    });
    this.tenancies.push(first);
    const { clients, conversations, trafficShare } = otherSize;
    const other = await Tenancy.make(installation, history, random.fork(), {
      canary: tenants.other,
      isFirst: false,
      ways: ways.other,
      clients,
      conversations,
      messages: Math.ceil(options.messages * trafficShare),
      rate: options.rate * trafficShare,
    });
    this.tenancies.push(other);
    first.keepApartFrom(other);
    other.keepApartFrom(first);
  }

  private get clients(): ChaosClient[] {
    return this.tenancies.flatMap(({ clients }) => clients);
  }

  private get proxies(): TcpProxy[] {
    return this.tenancies.flatMap(({ proxies }) => proxies);
  }

  private async play(): Promise<void> {
    const { history } = this;
    const traffics = this.tenancies.map(({ traffic }) => traffic);
    for (const client of this.clients) client.start();
    await this.allLive('at the beginning');
    const talking = Promise.all(traffics.map((traffic) => traffic.run()));
    await this.breakThings(traffics);
    await Promise.race([talking, delay(settleMs, undefined, { ref: false })]);
    for (const traffic of traffics) traffic.stop();
    await this.allLive('after the last fault');
    await this.lastWords(traffics);
    history.add({ type: 'mark', name: 'quiet' });
    await delay(this.options.quietMs);
    history.add({ type: 'mark', name: 'end' });
    // What comes now does not count as delivered; it tells what is lost from what was only not told.
    for (const proxy of this.proxies) proxy.cut();
    await delay(this.options.reconcileMs);
    await this.allLive('after the quiet time');
    await delay(this.options.reconcileMs);
  }

  /** Each fault at its share of the messages; the traffic waits for the faults where they take longer. */
  private async breakThings(traffics: readonly Traffic[]): Promise<void> {
    const { messages } = this.options;
    const acts = actsOn(this.installation, this.proxies);
    const allow = (share: number): void => {
      for (const traffic of traffics) traffic.allow(share);
    };
    const share = 1 / (this.faults.length + 1);
    for (const fault of this.faults) {
      const due = Math.floor(messages * share * fault.number);
      allow(share * (fault.number + 1));
      const message = `${due} messages before fault ${fault.number}`;
      await waitFor(() => (traffics[0]?.sent ?? due) >= due, { timeoutMs: stuckAfterMs, message });
      this.options.say?.(`fault ${fault.number}/${this.faults.length}: ${fault.kind}`);
      await inject(fault, acts, this.history);
      await this.reviveCrashed(fault.kind);
    }
    allow(1);
  }

  /** Nothing reaches the other gateway of what is said now, and nothing follows that would show it as a hole. */
  private async lastWords(traffics: readonly Traffic[]): Promise<void> {
    const fault = this.faults.length + 1;
    const kind = 'redis-restart';
    this.history.add({ type: 'fault-start', fault, kind, target: 'redis' });
    await this.installation.stopRedis();
    const spoken = Promise.all(traffics.map((traffic) => traffic.lastWords()));
    await Promise.race([spoken, delay(settleMs, undefined, { ref: false })]);
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
