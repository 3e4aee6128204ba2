import type { Clock } from '@parley/platform/clock';
import type { Log, Metrics } from '@parley/platform/telemetry';

export interface WatchedQueues {
  names: readonly string[];
  waiting(queue: string): Promise<number>;
  /** When an attempt last came to an end, by the monotonic clock. */
  lastFinished(queue: string): number | undefined;
  /** Makes the workers of this process anew. */
  restart(): Promise<void>;
}

const checkMs = 5_000;

/**
 * Restarts the workers when jobs wait and none comes to an end: after a failover of Redis a worker of BullMQ can look
 * alive and take nothing (F3).
 */
export class QueueWatchdog {
  private timer: NodeJS.Timeout | undefined;
  private checking = false;
  private readonly stuckSince = new Map<string, number>();
  private readonly metrics;

  constructor(
    private readonly queues: WatchedQueues,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
    private readonly limitMs: number,
  ) {
    this.metrics = {
      waiting: metrics.gauge({
        name: 'queue_waiting',
        help: 'Jobs that wait for a worker.',
        labelNames: ['queue'],
      }),
      restarts: metrics.counter({
        name: 'queue_worker_restarts_total',
        help: 'Restarts of workers that had jobs waiting and finished none.',
      }),
    };
  }

  start(): void {
    this.timer = setInterval(() => void this.checkAlone(), checkMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async checkAlone(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      await this.check();
    } catch (error) {
      this.log.error('queue.restart_failed', { error });
    } finally {
      this.checking = false;
    }
  }

  /** Looks once at all queues. */
  async check(): Promise<void> {
    for (const queue of this.queues.names) {
      // Redis away: nothing to restart for, the connections come back by themselves.
      const waiting = await this.queues.waiting(queue).catch(() => 0);
      this.metrics.waiting.set({ queue }, waiting);
      const now = this.clock.monotonicMs();
      const since = Math.max(this.stuckSince.get(queue) ?? now, this.queues.lastFinished(queue) ?? 0);
      if (waiting === 0) this.stuckSince.delete(queue);
      else this.stuckSince.set(queue, since);
      if (waiting === 0 || now - since < this.limitMs) continue;
      this.log.error('queue.stuck', { queue, waiting, forMs: Math.round(now - since) });
      this.metrics.restarts.inc();
      this.stuckSince.clear();
      await this.queues.restart();
      return;
    }
  }
}
