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

/** The buckets in Redis. What one turn of the event loop asks for one tenant goes out as one script call. */
export class SharedBuckets {
  private waiting = new Map<string, Waiting[]>();
  private readonly called = new Set<readonly Waiting[]>();
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
      if (this.waiting.size === 0) setImmediate(() => this.flush());
      const item = { request, cost, resolve, reject };
      const batch = this.waiting.get(request.tenantId);
      if (batch === undefined) this.waiting.set(request.tenantId, [item]);
      else batch.push(item);
    });
  }

  /** Rejects all that has no answer yet, in the order in which it was asked: who asks anew keeps that order. */
  abandon(error: unknown): void {
    const batches = [...this.called, ...this.waiting.values()];
    this.called.clear();
    this.waiting.clear();
    for (const batch of batches) for (const { reject } of batch) reject(error);
  }

  private flush(): void {
    const batches = this.waiting;
    this.waiting = new Map();
    for (const batch of batches.values()) {
      for (let from = 0; from < batch.length; from += requestsPerCallMax) {
        void this.call(batch.slice(from, from + requestsPerCallMax));
      }
    }
  }

  private async call(batch: readonly Waiting[]): Promise<void> {
    this.called.add(batch);
    try {
      const keys: string[] = [];
      const parameters: number[] = [batch.length];
      for (const { request, cost } of batch) {
        parameters.push(request.rows.length, cost);
        for (const { bucket, subject, perMinute, burst } of request.rows) {
          keys.push(redisKeys.bucket(this.keyPrefix, request.tenantId, bucket, subject));
          parameters.push(flowOf(perMinute, burst).intervalUs, burst);
        }
      }
      const answers = await this.redis.takeTokens(keys.length, ...keys, ...parameters);
      batch.forEach(({ request, resolve }, index) => {
        const place = index * numbersPerAnswer;
        resolve(decision(request, answers.slice(place, place + numbersPerAnswer)));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.called.delete(batch);
    }
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
