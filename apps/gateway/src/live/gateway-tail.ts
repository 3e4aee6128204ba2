import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { TailMessage } from '@parley/contracts/internal';
import { Clock } from '@parley/platform/clock';
import { Health, Log, Metrics } from '@parley/platform/telemetry';
import { Timeline } from '@parley/domain/timeline';
import { LiveDelivery } from './live-delivery';
import { Revoker } from './revoker';
import { TailFollower } from './tail-follower';

const lookEveryMs = 250;

/** What operators see of the tail. */
@Injectable()
export class TailTelemetry {
  readonly reads;

  constructor(
    readonly log: Log,
    private readonly metrics: Metrics,
    private readonly health: Health,
  ) {
    this.reads = metrics.counter({
      name: 'tail_read_total',
      help: 'Readings of the tail by this gateway itself.',
      labelNames: ['reason'],
    });
  }

  watch(follower: TailFollower): void {
    this.metrics.gauge({
      name: 'tail_lag_seconds',
      help: 'Time since this gateway was told of all that was committed.',
      collect() {
        this.set(follower.lagMs / 1_000);
      },
    });
    this.health.register({ name: 'tail', gating: false, check: () => describe(follower) });
  }
}

/** The tail of this gateway: what the bus lost, and who was shut out meanwhile (F1, F6, F21). */
@Injectable()
export class GatewayTail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly follower: TailFollower;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly live: LiveDelivery,
    private readonly revoker: Revoker,
    timeline: Timeline,
    clock: Clock,
    telemetry: TailTelemetry,
  ) {
    this.follower = new TailFollower({
      monotonicMs: () => clock.monotonicMs(),
      read: (watermark) => timeline.tail(watermark),
      take: (tail) => this.take(tail),
      reading: (reason) => telemetry.reads.inc({ reason }),
      failed: (error) => telemetry.log.warn('tail.read_failed', { error }),
    });
    telemetry.watch(this.follower);
  }

  /** A tail of the worker. */
  hear(tail: TailMessage): void {
    this.follower.hear(tail);
  }

  /** The worker was heard lately: it reads PostgreSQL. */
  get workerIsHeard(): boolean {
    return this.follower.workerIsHeard;
  }

  onApplicationBootstrap(): void {
    void this.follower.look();
    this.timer = setInterval(() => void this.follower.look(), lookEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private take({ entries, revocations, blockChanges = [] }: TailMessage): void {
    this.live.tail(entries);
    this.revoker.end(revocations);
    this.live.blockChanges(blockChanges);
  }
}

function describe({ source, lagMs }: TailFollower): Promise<string> {
  if (source === 'none') return Promise.reject(new Error(`none for ${Math.round(lagMs / 1_000)} s`));
  return Promise.resolve(source === 'worker' ? 'from worker' : 'own');
}
