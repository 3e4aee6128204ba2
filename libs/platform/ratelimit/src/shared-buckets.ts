import type { Redis } from 'ioredis';
import { redisKeys } from '@parley/platform/redis';
import { flowOf } from './gcra';
import type { Decision, LimitRequest } from './rate-limiter.types';
import { takeTokens } from './scripts';

interface LimitRedis extends Redis {
  takeTokens(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number[]>;
}

interface Waiting {
  request: LimitRequest;
  cost: number;
  resolve: (decision: Decision) => void;
  reject: (error: unknown) => void;
}

/** A script call holds Redis up for about a microsecond per row. */
const requestsPerCallMax = 256;
const numbersPerAnswer = 4;

/**
 * The calls of a busy tenant begin so far apart, in milliseconds: a round trip costs the same for one request and for many.
 * The more a call took, the longer, so that few who ask hardly wait and many cost little.
 */
const apartMs = (requests: number): number => Math.min(1 + requests / 4, 4);

/** What one tenant asks: at most one call is under way, what comes meanwhile and soon after goes out together. */
class TenantQueue {
  waiting: Waiting[] = [];
  called: readonly Waiting[] = [];

  constructor(readonly tenantId: string) {}
}

/** The buckets in Redis. A tenant that asks nothing else is asked for at once, at the end of the turn. */
export class SharedBuckets {
  /** Of the tenants for which a call is due or under way, or was until a moment ago. */
  private readonly queues = new Map<string, TenantQueue>();
  private due: TenantQueue[] = [];
  private readonly redis: LimitRedis;

  constructor(
    redis: Redis,
    private readonly keyPrefix: string,
  ) {
    redis.defineCommand('takeTokens', { lua: takeTokens });
    this.redis = redis as LimitRedis;
  }

  /** @throws what the client throws when Redis does not answer in time */
  take(request: LimitRequest, cost: number): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const busy = this.queues.get(request.tenantId);
      const queue = busy ?? new TenantQueue(request.tenantId);
      queue.waiting.push({ request, cost, resolve, reject });
      if (busy !== undefined) return;
      this.queues.set(request.tenantId, queue);
      this.callSoon(queue);
    });
  }

  /** Rejects all that has no answer yet, in the order in which it was asked: who asks anew keeps that order. */
  abandon(error: unknown): void {
    const queues = [...this.queues.values()];
    this.queues.clear();
    this.due = [];
    for (const { called, waiting } of queues) {
      for (const { reject } of called) reject(error);
      for (const { reject } of waiting) reject(error);
    }
  }

  private callSoon(queue: TenantQueue): void {
    if (this.due.length === 0) setImmediate(() => this.callDue());
    this.due.push(queue);
  }

  private callDue(): void {
    const due = this.due;
    this.due = [];
    for (const queue of due) void this.call(queue);
  }

  private async call(queue: TenantQueue): Promise<void> {
    const batch = queue.waiting.splice(0, requestsPerCallMax);
    queue.called = batch;
    const begunAt = performance.now();
    try {
      const answers = await this.ask(batch);
      batch.forEach(({ request, resolve }, index) => {
        const place = index * numbersPerAnswer;
        resolve(decision(request, answers.slice(place, place + numbersPerAnswer)));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    queue.called = [];
    const restMs = apartMs(batch.length) - (performance.now() - begunAt);
    if (restMs > 0) setTimeout(() => this.goOn(queue), restMs);
    else this.goOn(queue);
  }

  private goOn(queue: TenantQueue): void {
    // An abandoned queue is no longer anybody's.
    if (this.queues.get(queue.tenantId) !== queue) return;
    if (queue.waiting.length > 0) this.callSoon(queue);
    else this.queues.delete(queue.tenantId);
  }

  private ask(batch: readonly Waiting[]): Promise<number[]> {
    const keys: string[] = [];
    const places = new Map<string, number>();
    const numbers: number[] = [batch.length];
    for (const { request, cost } of batch) {
      numbers.push(request.rows.length, cost);
      for (const { bucket, subject, perMinute, burst } of request.rows) {
        const key = redisKeys.bucket(this.keyPrefix, request.tenantId, bucket, subject);
        let place = places.get(key);
        if (place === undefined) places.set(key, (place = keys.push(key)));
        numbers.push(place, flowOf(perMinute, burst).intervalUs, burst);
      }
    }
    return this.redis.takeTokens(keys.length, ...keys, JSON.stringify(numbers));
  }
}

function decision(
  { rows }: LimitRequest,
  [refusing = 0, waitUs = 0, remaining = 0, fullUs = 0]: number[],
): Decision {
  return {
    allowed: refusing === 0,
    row: rows[Math.max(refusing - 1, 0)] ?? rows[0],
    retryAfterMs: Math.ceil(waitUs / 1_000),
    remaining,
    resetMs: Math.ceil(fullUs / 1_000),
  };
}
