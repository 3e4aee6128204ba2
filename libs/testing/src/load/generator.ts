import { setTimeout as delay } from 'node:timers/promises';
import { nowMicros } from './clock';
import { Attendance } from './attendance';
import type {
  AttendOrder,
  AttendReport,
  ConnectOrder,
  ConnectReport,
  CutOrder,
  CutReport,
  GeneratorCalls,
  Lane,
  SendOrder,
  SendReport,
  StallOrder,
  StallReport,
} from './generator.types';
import { Latency } from './latency';
import { inLanes } from './lanes';
import { LoadClient } from './load-client';
import { SlowReaders } from './slow-readers';
import { Tally } from './tally';
import { runTicks } from './ticker';

const connectTimeoutMs = 15_000;
/** The thread that ticks has begun by then: what is due before would count as late. */
const beginMicros = 250_000;
// Nothing under way, and nothing came for so long: what is missing now will not come.
const quietMicros = 200_000;
// A wake costs some 20 µs; above this rate several messages share one.
const shortestTickMicros = 500;

/** The clients of one process, and what they measure. */
export class Generator implements GeneratorCalls {
  private clients: LoadClient[] = [];
  private tally = new Tally();
  private readonly attendance = new Attendance();
  private readonly slowReaders = new SlowReaders();
  private addresses = 0;

  async connect(order: ConnectOrder): Promise<ConnectReport> {
    const { clients: plans, perSecond } = order;
    const latency = new Latency();
    const lag = new Latency();
    const failed: Record<string, number> = {};
    const cpu = process.cpuUsage();
    const startMicros = nowMicros() + (perSecond === undefined ? 0 : beginMicros);
    const open = async (place: number, dueMicros: number): Promise<void> => {
      try {
        await this.open(order, place);
        latency.record(nowMicros() - dueMicros);
      } catch (error) {
        const reason = (error as Error).message;
        failed[reason] = (failed[reason] ?? 0) + 1;
      }
    };
    if (perSecond === undefined) {
      await inLanes(order.concurrency ?? 50, plans.length, (place) => open(place, nowMicros()));
    } else {
      const opening: Promise<void>[] = [];
      await onSchedule(plans.length, perSecond, startMicros, (place, dueMicros) => {
        lag.record(nowMicros() - dueMicros);
        opening.push(open(place, dueMicros));
      });
      await Promise.all(opening);
    }
    const used = process.cpuUsage(cpu);
    return {
      connected: latency.summary().count,
      failed,
      latency: latency.encode(),
      lag: lag.encode(),
      seconds: (nowMicros() - startMicros) / 1e6,
      cpuSeconds: (used.user + used.system) / 1e6,
    };
  }

  async send(order: SendOrder): Promise<SendReport> {
    const { step, lanes, perSecond, startMicros, warmMs, measuredMs } = order;
    // Whole, as the due times in the messages' keys are: the first message would fall out of the window half of the times.
    const from = Math.round(startMicros + warmMs * 1e3);
    const to = from + measuredMs * 1e3;
    this.tally.begin(from, to);
    const lag = new Latency();
    const text = textOf(order.textBytes);
    const total = Math.floor(((warmMs + measuredMs) / 1e3) * perSecond);
    const cpu = process.cpuUsage();
    const begun = nowMicros();
    await onSchedule(total, perSecond, startMicros, (number, dueMicros) => {
      const { client, conversation } = lanes[number % lanes.length] as Lane;
      lag.record(nowMicros() - dueMicros);
      this.clients[client]?.send(conversation, text, { step, number, dueMicros });
    });
    const used = process.cpuUsage(cpu);
    const seconds = (nowMicros() - begun) / 1e6;
    await this.settle(order.settleMaxMs);
    return { ...this.report(total), lag: lag.encode(), cpuSeconds: (used.user + used.system) / 1e6, seconds };
  }

  attend(order: AttendOrder): Promise<number> {
    return this.attendance.begin(order);
  }

  cut(order: CutOrder): Promise<CutReport> {
    return this.attendance.cut(order);
  }

  async attended(): Promise<AttendReport> {
    return this.attendance.report();
  }

  stall(order: StallOrder): Promise<StallReport> {
    return this.slowReaders.begin(order);
  }

  async stalled(): Promise<StallReport> {
    return this.slowReaders.report();
  }

  async close(): Promise<void> {
    this.attendance.end();
    this.slowReaders.end();
    for (const client of this.clients) client.close();
    this.clients = [];
    this.tally = new Tally();
  }

  private async open({ target, clients, sourceAddresses }: ConnectOrder, place: number): Promise<void> {
    const plan = clients[place];
    if (plan === undefined) throw new RangeError('there is no such client');
    this.addresses += 1;
    const localAddress = `127.0.0.${2 + (this.addresses % sourceAddresses)}`;
    const client = new LoadClient(target, plan, this.tally, localAddress);
    this.clients[place] = client;
    const timer = setTimeout(() => client.close('not ready in time'), connectTimeoutMs);
    try {
      await client.untilReady();
    } finally {
      clearTimeout(timer);
    }
  }

  private async settle(maxMs: number): Promise<void> {
    const deadline = nowMicros() + maxMs * 1e3;
    this.tally.lastFrameMicros = nowMicros();
    while (nowMicros() < deadline) {
      const quiet = nowMicros() - this.tally.lastFrameMicros > quietMicros;
      if (quiet && this.unanswered() === 0) return;
      await delay(20);
    }
  }

  private unanswered(): number {
    return this.clients.reduce((sum, client) => sum + client.unanswered, 0);
  }

  private report(sent: number): Omit<SendReport, 'lag' | 'cpuSeconds' | 'seconds'> {
    const { tally } = this;
    return {
      sent,
      acked: tally.acks,
      refused: Object.fromEntries(tally.refusals),
      unanswered: this.unanswered(),
      delivered: tally.deliveries,
      ackedInWindow: tally.acksInWindow,
      deliveredInWindow: tally.deliveriesInWindow,
      duplicates: tally.duplicates,
      holes: tally.holes,
      strangers: tally.strangers,
      closed: tally.closed,
      ackLatency: tally.ackLatency.encode(),
      deliveryLatency: tally.deliveryLatency.encode(),
      ackedMarks: [...tally.acked].map(([id, { count, print }]) => [id, count, print]),
      deliveredMarks: this.clients.flatMap(({ timelines }) =>
        [...timelines].map(([id, { count, print }]): [string, number, number] => [id, count, print]),
      ),
    };
  }
}

/** Calls `run` for each of `total` at its due time; when it is late, for all that are due. */
async function onSchedule(
  total: number,
  perSecond: number,
  startMicros: number,
  run: (number: number, dueMicros: number) => void,
): Promise<void> {
  if (total === 0) return;
  const interval = 1e6 / perSecond;
  let next = 0;
  const runDue = (): void => {
    const now = nowMicros();
    for (; next < total; next += 1) {
      const due = startMicros + next * interval;
      if (due > now) break;
      run(next, due);
    }
  };
  const everyMicros = Math.max(interval, shortestTickMicros);
  await runTicks(
    { firstMicros: startMicros, everyMicros, untilMicros: startMicros + total * interval },
    runDue,
  );
  runDue();
}

function textOf(bytes: number): string {
  return 'the quick brown fox jumps over the lazy dog '.repeat(Math.ceil(bytes / 44)).slice(0, bytes);
}
