import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { TailMessage } from '@parley/contracts/internal';
import { Clock } from '@parley/platform/clock';
import { Bus } from '@parley/platform/realtime';
import { Health, Log, Metrics } from '@parley/platform/telemetry';
import { Timeline } from '@parley/domain/timeline';

const everyMs = 1_000;
/** A whole reading goes through the last 15 s again, for what took long to commit; in between, a glance tells the newest. */
const wholeEveryMs = 4_000;
/** Without a reading for this long the health check says so. */
const lateMs = 5_000;

/** What operators see of the tail. */
@Injectable()
export class TailTelemetry {
  constructor(
    private readonly metrics: Metrics,
    private readonly health: Health,
  ) {}

  watch(lagMs: () => number): Counter<'outcome'> {
    this.metrics.gauge({
      name: 'tail_lag_seconds',
      help: 'Time since the tail was read.',
      collect() {
        this.set(lagMs() / 1_000);
      },
    });
    this.health.register({
      name: 'tail',
      gating: false,
      check: () =>
        lagMs() < lateMs
          ? Promise.resolve()
          : Promise.reject(new Error(`not read for ${Math.round(lagMs() / 1_000)} s`)),
    });
    return this.metrics.counter({
      name: 'tail_read_total',
      help: 'Readings of the tail.',
      labelNames: ['outcome'],
    });
  }
}

/**
 * Once a second it tells all gateways what was committed lately, also where that is nothing: a gateway that hears no tail
 * reads by itself. Every worker does so, with no lock between them: what a gateway hears twice it knows already, and a
 * worker that holds a lock and hangs would silence all the others.
 */
@Injectable()
export class Tail implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Up to when all was told. */
  private watermark: number | null = null;
  private glancedTo: number | null = null;
  private wholeAt = -Infinity;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readAt: number;
  private failing = false;
  private readonly reads;

  constructor(
    private readonly timeline: Timeline,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
    telemetry: TailTelemetry,
  ) {
    this.readAt = clock.monotonicMs();
    this.reads = telemetry.watch(() => clock.monotonicMs() - this.readAt);
  }

  onApplicationBootstrap(): void {
    void this.run();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    const startedAt = this.clock.monotonicMs();
    try {
      await this.publish();
      if (this.failing) this.log.info('tail.back');
      this.failing = false;
    } catch (error) {
      this.reads.inc({ outcome: 'failed' });
      if (!this.failing && !this.stopped) this.log.warn('tail.failed', { error });
      this.failing = true;
    }
    if (this.stopped) return;
    const waitMs = Math.max(everyMs - (this.clock.monotonicMs() - startedAt), 0);
    this.timer = setTimeout(() => void this.run(), waitMs);
  }

  private async publish(): Promise<void> {
    const now = this.clock.monotonicMs();
    if (this.glancedTo !== null && now - this.wholeAt < wholeEveryMs) {
      this.tell(await this.timeline.glance(this.glancedTo));
      return;
    }
    for await (const tail of this.timeline.tail(this.watermark)) {
      this.tell(tail);
      this.watermark = tail.to;
    }
    this.wholeAt = now;
  }

  private tell(tail: TailMessage): void {
    this.bus.publishTail(tail);
    this.glancedTo = tail.to;
    this.readAt = this.clock.monotonicMs();
    this.reads.inc({ outcome: 'done' });
  }
}
