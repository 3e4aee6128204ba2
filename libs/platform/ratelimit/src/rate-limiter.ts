import type { Redis } from 'ioredis';
import type { Clock } from '@parley/platform/clock';
import type { Log, Metrics } from '@parley/platform/telemetry';
import { LocalBuckets, type Share } from './local-buckets';
import { Nodes } from './nodes';
import type { Decision, LimitRequest } from './rate-limiter.types';
import { SharedBuckets } from './shared-buckets';

export interface RateLimiterOptions {
  /** Undefined: this process runs without Redis and is the only one that counts. */
  redis: Redis | undefined;
  /** Beginning of all keys. */
  keyPrefix: string;
}

const probeEveryMs = 1_000;
const closedBy = 10;

/** Decides by buckets that all processes share, and by its own share of them while Redis is away or too slow (F5, F7). */
export class RateLimiter {
  private readonly local = new LocalBuckets();
  private readonly shared: SharedBuckets | undefined;
  private readonly nodes: Nodes | undefined;
  private readonly redis: Redis | undefined;
  private readonly decisions;
  private readonly counts = new Map<string, { inc(): void }>();
  private broken = false;
  private probe: NodeJS.Timeout | undefined;

  constructor(
    { redis, keyPrefix }: RateLimiterOptions,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.redis = redis;
    this.shared = redis && new SharedBuckets(redis, keyPrefix, (error) => this.breakOff(error));
    this.nodes = redis && new Nodes(redis, keyPrefix);
    this.decisions = metrics.counter({
      name: 'rate_limit_decisions_total',
      help: 'Decisions of the rate limits: by shared counts, in advance of them, or by those of this process.',
      labelNames: ['bucket', 'decision', 'counts'],
    });
    const isShared = (): boolean => this.isShared;
    metrics.gauge({
      name: 'rate_limit_shared',
      help: '1 while the limits are counted for all processes together, 0 while this one counts for itself.',
      collect() {
        this.set(isShared() ? 1 : 0);
      },
    });
  }

  /** Whether all processes count together. */
  get isShared(): boolean {
    return !this.broken && this.redis?.status === 'ready';
  }

  /** Processes among which a limit is divided while they do not count together. */
  get nodeCount(): number {
    return this.nodes?.count ?? 1;
  }

  /** Takes one token from every bucket of the request, or none. Never throws. */
  async take(request: LimitRequest): Promise<Decision> {
    const inAdvance = this.isShared ? this.shared?.takeInAdvance(request) : undefined;
    const counts = inAdvance === undefined ? (this.isShared ? 'shared' : 'local') : 'advance';
    const decision = inAdvance ?? (await this.decide(request, 1));
    this.count(decision, counts);
    return decision;
  }

  /** What the first bucket holds; takes nothing. Never throws. */
  look(request: LimitRequest): Promise<Decision> {
    return this.decide(request, 0);
  }

  /** Returns what was taken for something that turned out not to count. Nobody waits for it. */
  giveBack(request: LimitRequest): void {
    if (this.shared !== undefined && this.isShared) this.shared.giveBack(request);
    else this.takeLocally(request, -1);
  }

  async close(): Promise<void> {
    clearInterval(this.probe);
    if (this.isShared) await this.nodes?.leave();
  }

  private async decide(request: LimitRequest, cost: number): Promise<Decision> {
    if (this.shared !== undefined && this.isShared) {
      try {
        return await this.shared.take(request, cost);
      } catch (error) {
        this.breakOff(error);
      }
    }
    return this.takeLocally(request, cost);
  }

  private takeLocally({ tenantId, rows }: LimitRequest, cost: number): Decision {
    return this.local.take(this.clock.monotonicMs(), tenantId, rows, cost, this.share());
  }

  private share(): Share {
    return { nodes: this.nodeCount, closedBy: this.redis === undefined ? 1 : closedBy };
  }

  /** From here on nobody waits for Redis, until it answers a probe. */
  private breakOff(error: unknown): void {
    if (this.broken) return;
    this.broken = true;
    this.shared?.abandon(error);
    this.log.warn('rate_limit.local', { error });
    this.probe = setInterval(() => void this.tryAgain(), probeEveryMs).unref();
  }

  private async tryAgain(): Promise<void> {
    if (this.redis?.status !== 'ready') return;
    try {
      await this.redis.ping();
    } catch {
      return;
    }
    clearInterval(this.probe);
    if (this.broken) this.log.info('rate_limit.shared');
    this.broken = false;
  }

  private count({ allowed, row }: Decision, counts: 'shared' | 'local' | 'advance'): void {
    const decision = allowed ? 'allowed' : 'refused';
    const name = `${row.bucket} ${decision} ${counts}`;
    let counter = this.counts.get(name);
    if (counter === undefined) {
      counter = this.decisions.labels({ bucket: row.bucket, decision, counts });
      this.counts.set(name, counter);
    }
    counter.inc();
  }
}
