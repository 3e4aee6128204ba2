import { nowMicros } from './clock';
import { GeneratorChild } from './generator-child';
import type { CutOrder, GeneratorCalls, Mark, StallReport } from './generator.types';
import { Latency, type LatencySummary } from './latency';
import type { Target } from './framed-socket';
import type { ClientPlan } from './load-client';
import {
  addUp,
  compareMarks,
  mergeConnects,
  mergeSends,
  sum,
  type ConnectOutcome,
  type SendOutcome,
} from './merge';

const startMs = 50;
const sourceAddresses = 200;

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

export interface CutOutcome {
  returned: number;
  missing: number;
  /** Events that came by `sync`. */
  synced: number;
  retries: Record<string, number>;
  ready: LatencySummary;
  caughtUp: LatencySummary;
}

/** The generator as one or several processes: clients are dealt out, figures merged. */
export class Generators {
  private step = 0;
  private places: { child: GeneratorChild; place: number }[] = [];

  private constructor(private readonly children: readonly GeneratorChild[]) {}

  /** They run on the cores of this process. */
  static start({ processes }: { processes: number }): Generators {
    return new Generators(Array.from({ length: processes }, () => new GeneratorChild()));
  }

  /** Replaces all connections by these. */
  async connect(
    target: Target,
    clients: readonly ClientPlan[],
    pace: { concurrency?: number; perSecond?: number } = {},
  ): Promise<ConnectOutcome> {
    await this.close();
    const shares = new Map<GeneratorChild, ClientPlan[]>(this.children.map((child) => [child, []]));
    this.places = clients.map((client, index) => {
      const child = this.children[index % this.children.length] as GeneratorChild;
      const share = shares.get(child) ?? [];
      return { child, place: share.push(client) - 1 };
    });
    const reports = await Promise.all(
      [...shares].map(([child, share]) =>
        child.call('connect', {
          target,
          clients: share,
          sourceAddresses,
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

  /** Connects clients that follow their conversations over cuts, beside those of `connect`; how many are there. */
  async attend(target: Target, clients: readonly ClientPlan[]): Promise<number> {
    const present = await this.callAll('attend', (share) => ({
      target,
      clients: clients.filter((_, index) => index % this.children.length === share),
      concurrency: 50,
      sourceAddresses,
    }));
    return sum(present, (each) => each);
  }

  /** Cuts all of them off at once, and waits until they are back. */
  async cut(order: CutOrder): Promise<CutOutcome> {
    const reports = await this.callAll('cut', () => order);
    return {
      returned: sum(reports, ({ returned }) => returned),
      missing: sum(reports, ({ missing }) => missing),
      synced: sum(reports, ({ synced }) => synced),
      retries: addUp(reports.map(({ retries }) => retries)),
      ready: Latency.merge(reports.map(({ ready }) => ready)).summary(),
      caughtUp: Latency.merge(reports.map(({ caughtUp }) => caughtUp)).summary(),
    };
  }

  /** What they applied, beside what was acked. */
  async attended(acked: readonly Mark[]): Promise<{ lost: number; mixedUp: number; repeats: number }> {
    const reports = await this.callAll('attended', () => undefined);
    const marks = reports.flatMap((report) => report.marks);
    return { ...compareMarks(acked, marks), repeats: sum(reports, ({ repeats }) => repeats) };
  }

  /** Connects clients that hardly read, beside all others; without a bound they read all and say nothing. */
  async stall(target: Target, clients: readonly ClientPlan[], bytesPerSecond?: number): Promise<StallReport> {
    const reports = await this.callAll('stall', (share) => ({
      target,
      clients: clients.filter((_, index) => index % this.children.length === share),
      sourceAddresses,
      bytesPerSecond,
    }));
    return addStalls(reports);
  }

  async stalled(): Promise<StallReport> {
    return addStalls(await this.callAll('stalled', () => undefined));
  }

  async close(): Promise<void> {
    this.places = [];
    await this.callAll('close', () => undefined);
  }

  stop(): void {
    for (const child of this.children) child.stop();
  }

  private callAll<N extends keyof GeneratorCalls>(
    name: N,
    orderOf: (share: number) => Parameters<GeneratorCalls[N]>[0],
  ): Promise<Awaited<ReturnType<GeneratorCalls[N]>>[]> {
    return Promise.all(this.children.map(async (child, share) => child.call(name, orderOf(share))));
  }
}

function addStalls(reports: readonly StallReport[]): StallReport {
  return { open: sum(reports, ({ open }) => open), closed: sum(reports, ({ closed }) => closed) };
}
