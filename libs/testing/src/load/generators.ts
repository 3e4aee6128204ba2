import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { cpus } from 'node:os';
import { nowMicros } from './clock';
import type { Call } from './generator-process';
import type { ConnectReport, GeneratorCalls, SendReport } from './generator.types';
import { Latency, type LatencySummary } from './latency';
import type { ClientPlan, Target } from './load-client';

const root = join(__dirname, '../../../..');
const startMs = 50;

/** A run is void above these: its latencies would be the generator's own. */
export const generatorLimits = { lagP99Ms: 5, cpuShare: 0.8 } as const;

export interface GeneratorHealth {
  lagP99Ms: number;
  /** Of one core, of the busiest process. */
  cpuShare: number;
}

export interface ConnectOutcome {
  connected: number;
  failed: Record<string, number>;
  latency: LatencySummary;
  seconds: number;
  generator: GeneratorHealth;
}

export interface SendLoad {
  /** Places of clients in the order in which they were connected. */
  lanes: { client: number; conversation: string }[];
  perSecond: number;
  warmMs: number;
  measuredMs: number;
  settleMaxMs?: number;
  textBytes?: number;
  /** Called when the measured time begins and ends. */
  onWindow?: (edge: 'begin' | 'end') => void;
}

export interface SendOutcome {
  sent: number;
  acked: number;
  refused: Record<string, number>;
  unanswered: number;
  delivered: number;
  ackedInWindow: number;
  deliveredInWindow: number;
  duplicates: number;
  holes: number;
  strangers: number;
  closed: number;
  /** Deliveries of acked messages that some connection did not get. */
  lost: number;
  /** Connections whose messages are not exactly those that were acked, although as many. */
  mixedUp: number;
  ackLatency: LatencySummary;
  deliveryLatency: LatencySummary;
  generator: GeneratorHealth;
}

/** The generator as one or several processes: clients are dealt out, figures merged. */
export class Generators {
  private step = 0;
  private places: { child: Child; place: number }[] = [];

  private constructor(private readonly children: readonly Child[]) {}

  /** `core`: all of them are bound to it. */
  static start(options: { processes: number; core?: number }): Generators {
    if (options.processes > cpus().length)
      throw new RangeError('more generators than cores would measure themselves');
    return new Generators(Array.from({ length: options.processes }, () => new Child(options.core)));
  }

  /** Replaces all connections by these. */
  async connect(
    target: Target,
    clients: readonly ClientPlan[],
    pace: { concurrency?: number; perSecond?: number; sourceAddresses?: number } = {},
  ): Promise<ConnectOutcome> {
    await this.close();
    const shares = new Map<Child, ClientPlan[]>(this.children.map((child) => [child, []]));
    this.places = clients.map((client, index) => {
      const child = this.children[index % this.children.length] as Child;
      const share = shares.get(child) ?? [];
      return { child, place: share.push(client) - 1 };
    });
    const reports = await Promise.all(
      [...shares].map(([child, share]) =>
        child.call('connect', {
          target,
          clients: share,
          sourceAddresses: pace.sourceAddresses ?? 200,
          ...(pace.concurrency === undefined ? {} : { concurrency: pace.concurrency }),
          ...(pace.perSecond === undefined ? {} : { perSecond: pace.perSecond / this.children.length }),
        }),
      ),
    );
    return mergeConnects(reports);
  }

  async send(load: SendLoad): Promise<SendOutcome> {
    this.step += 1;
    const startMicros = nowMicros() + startMs * 1e3;
    const timers = [
      setTimeout(() => load.onWindow?.('begin'), startMs + load.warmMs),
      setTimeout(() => load.onWindow?.('end'), startMs + load.warmMs + load.measuredMs),
    ];
    try {
      const shares = this.children.map((child) => ({
        child,
        lanes: load.lanes.flatMap(({ client, conversation }) => {
          const at = this.places[client];
          return at?.child === child ? [{ client: at.place, conversation }] : [];
        }),
      }));
      const reports = await Promise.all(
        shares.map(({ child, lanes }, index) =>
          child.call('send', {
            step: this.step * this.children.length + index,
            lanes,
            perSecond: lanes.length === 0 ? 0 : (load.perSecond * lanes.length) / load.lanes.length,
            startMicros,
            warmMs: load.warmMs,
            measuredMs: load.measuredMs,
            settleMaxMs: load.settleMaxMs ?? 5_000,
            textBytes: load.textBytes ?? 120,
          }),
        ),
      );
      return mergeSends(reports);
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.places = [];
    await Promise.all(this.children.map((child) => child.call('close', undefined)));
  }

  stop(): void {
    for (const child of this.children) child.stop();
  }
}

class Child {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private calls = 0;

  constructor(core: number | undefined) {
    const starter = join(root, 'tools', 'run-typescript.mjs');
    const node = [process.execPath, starter, join(__dirname, 'generator-process.ts')];
    const [command = '', ...args] = core === undefined ? node : ['taskset', '-c', String(core), ...node];
    this.process = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.process.on('message', (message) =>
      this.take(message as { id: number; result?: never; error?: string }),
    );
    this.process.on('exit', () => this.fail());
    this.process.on('error', () => this.fail());
  }

  call<N extends keyof GeneratorCalls>(
    name: N,
    order: Parameters<GeneratorCalls[N]>[0],
  ): ReturnType<GeneratorCalls[N]> {
    this.calls += 1;
    const call: Call = { id: this.calls, name, order };
    return new Promise<never>((resolve, reject) => {
      this.waiting.set(call.id, { resolve, reject });
      if (this.process.exitCode === null) this.process.send(call);
      else this.fail();
    }) as ReturnType<GeneratorCalls[N]>;
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }

  private take({ id, result, error }: { id: number; result?: never; error?: string }): void {
    const call = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error));
  }

  private fail(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the generator has ended'));
    this.waiting.clear();
  }
}

function healthOf(reports: readonly (ConnectReport | SendReport)[]): GeneratorHealth {
  return {
    lagP99Ms: Latency.merge(reports.map(({ lag }) => lag)).summary().p99,
    cpuShare: Math.max(...reports.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds)),
  };
}

function mergeConnects(reports: readonly ConnectReport[]): ConnectOutcome {
  return {
    connected: sum(reports, ({ connected }) => connected),
    failed: addUp(reports.map(({ failed }) => failed)),
    latency: Latency.merge(reports.map(({ latency }) => latency)).summary(),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    generator: healthOf(reports),
  };
}

function mergeSends(reports: readonly SendReport[]): SendOutcome {
  return {
    sent: sum(reports, ({ sent }) => sent),
    acked: sum(reports, ({ acked }) => acked),
    refused: addUp(reports.map(({ refused }) => refused)),
    unanswered: sum(reports, ({ unanswered }) => unanswered),
    delivered: sum(reports, ({ delivered }) => delivered),
    ackedInWindow: sum(reports, ({ ackedInWindow }) => ackedInWindow),
    deliveredInWindow: sum(reports, ({ deliveredInWindow }) => deliveredInWindow),
    duplicates: sum(reports, ({ duplicates }) => duplicates),
    holes: sum(reports, ({ holes }) => holes),
    strangers: sum(reports, ({ strangers }) => strangers),
    closed: sum(reports, ({ closed }) => closed),
    ...compare(reports),
    ackLatency: Latency.merge(reports.map(({ ackLatency }) => ackLatency)).summary(),
    deliveryLatency: Latency.merge(reports.map(({ deliveryLatency }) => deliveryLatency)).summary(),
    generator: healthOf(reports),
  };
}

/** Every connection must have got exactly what was acked in each of its conversations, no matter which process sent it. */
function compare(reports: readonly SendReport[]): { lost: number; mixedUp: number } {
  const acked = new Map<string, { count: number; print: number }>();
  for (const [id, count, print] of reports.flatMap(({ ackedMarks }) => ackedMarks)) {
    const marks = acked.get(id) ?? { count: 0, print: 0 };
    acked.set(id, { count: marks.count + count, print: (marks.print + print) >>> 0 });
  }
  let lost = 0;
  let mixedUp = 0;
  for (const [id, count, print] of reports.flatMap(({ deliveredMarks }) => deliveredMarks)) {
    const expected = acked.get(id) ?? { count: 0, print: 0 };
    if (count < expected.count) lost += expected.count - count;
    else if (count === expected.count && print !== expected.print) mixedUp += 1;
  }
  return { lost, mixedUp };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function addUp(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each)))
    total[name] = (total[name] ?? 0) + count;
  return total;
}
