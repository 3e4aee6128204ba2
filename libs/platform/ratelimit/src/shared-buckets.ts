import type { Redis } from 'ioredis';
import { redisKeys } from '@parley/platform/redis';
import { Advance, advanceOf } from './advance';
import type { Decision, LimitRequest, LimitRow } from './rate-limiter.types';
import { ScriptCall } from './script-call';
import { takeTokens } from './scripts';
import { TenantQueue, type Batch } from './tenant-queue';

interface LimitRedis extends Redis {
  takeTokens(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number[]>;
}

/**
 * The calls of a busy tenant begin so far apart, in milliseconds: a round trip costs the same for one request and for many.
 * The more a call took, the longer, so that few who ask hardly wait and many cost little.
 */
const apartMs = (requests: number): number => Math.min(1 + requests / 4, 4);

/** What was given in advance is charged within so many milliseconds: nobody waits for it, and others should know soon. */
const chargeWithinMs = 25;

/**
 * The buckets in Redis. A tenant that asks nothing else is asked for at once, at the end of the turn; from a bucket that is
 * known to be nearly full tokens are given in advance and charged soon after.
 */
export class SharedBuckets {
  /** Of the tenants for which a call is due or under way, or was until a moment ago. */
  private readonly queues = new Map<string, TenantQueue>();
  private readonly advance = new Advance();
  private due: TenantQueue[] = [];
  private readonly redis: LimitRedis;

  constructor(
    redis: Redis,
    private readonly keyPrefix: string,
    private readonly onFailed: (error: unknown) => void,
  ) {
    redis.defineCommand('takeTokens', { lua: takeTokens });
    this.redis = redis as LimitRedis;
  }

  /** Takes a token from each bucket where nobody needs to ask for it; undefined where somebody does. */
  takeInAdvance(request: LimitRequest): Decision | undefined {
    const keys = this.keysOf(request);
    const queue = this.queues.get(request.tenantId);
    if (queue?.isAsking(keys[0] ?? '') === true) return undefined;
    const now = performance.now();
    const decision = this.advance.decide(now, request, keys, (key) => queue?.unconfirmed(key) ?? 0);
    if (decision !== undefined) this.charge(request, keys, 1);
    return decision;
  }

  /** @throws what the client throws when Redis does not answer in time */
  take(request: LimitRequest, cost: number): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const queue = this.queueOf(request.tenantId);
      queue.ask({ request, keys: this.keysOf(request), cost, resolve, reject });
      this.schedule(queue);
    });
  }

  /** Returns tokens, soon. */
  giveBack(request: LimitRequest): void {
    this.charge(request, this.keysOf(request), -1);
  }

  /** Rejects all that has no answer yet, in the order in which it was asked: who asks anew keeps that order. */
  abandon(error: unknown): void {
    const queues = [...this.queues.values()];
    this.queues.clear();
    this.due = [];
    this.advance.forget();
    for (const { called, waiting, timer } of queues) {
      clearTimeout(timer);
      for (const { reject } of called.asked) reject(error);
      for (const { reject } of waiting) reject(error);
    }
  }

  private keysOf({ tenantId, rows }: LimitRequest): string[] {
    return rows.map(({ bucket, subject }) => redisKeys.bucket(this.keyPrefix, tenantId, bucket, subject));
  }

  private queueOf(tenantId: string): TenantQueue {
    let queue = this.queues.get(tenantId);
    if (queue === undefined) this.queues.set(tenantId, (queue = new TenantQueue(tenantId)));
    return queue;
  }

  private charge({ tenantId, rows }: LimitRequest, keys: readonly string[], tokens: number): void {
    const queue = this.queueOf(tenantId);
    rows.forEach((row, index) => queue.charge(keys[index] ?? '', row, tokens));
    this.schedule(queue);
  }

  private schedule(queue: TenantQueue): void {
    if (queue.isBusy) return;
    const onlyCharged = queue.waiting.length === 0;
    if (onlyCharged && queue.timer !== undefined) return;
    clearTimeout(queue.timer);
    const dueAt = onlyCharged ? Math.max(queue.freeAt, queue.chargedAt + chargeWithinMs) : queue.freeAt;
    const inMs = dueAt - performance.now();
    if (inMs > 0) {
      queue.timer = setTimeout(() => this.wake(queue), inMs);
      return;
    }
    queue.timer = undefined;
    queue.isBusy = true;
    if (this.due.length === 0) setImmediate(() => this.callDue());
    this.due.push(queue);
  }

  private wake(queue: TenantQueue): void {
    queue.timer = undefined;
    // An abandoned queue is no longer anybody's.
    if (this.queues.get(queue.tenantId) !== queue) return;
    if (queue.isEmpty) this.queues.delete(queue.tenantId);
    else this.schedule(queue);
  }

  private callDue(): void {
    const due = this.due;
    this.due = [];
    for (const queue of due) void this.call(queue);
  }

  private async call(queue: TenantQueue): Promise<void> {
    const batch = queue.takeBatch();
    const begunAt = performance.now();
    try {
      await this.ask(batch);
    } catch (error) {
      for (const { reject } of batch.asked) reject(error);
      if (batch.asked.length === 0) this.onFailed(error);
    }
    queue.settle();
    queue.isBusy = false;
    queue.freeAt = begunAt + apartMs(batch.asked.length);
    if (queue.isEmpty) queue.timer = setTimeout(() => this.wake(queue), queue.freeAt - performance.now());
    else this.wake(queue);
  }

  private async ask({ charges, asked }: Batch): Promise<void> {
    const call = new ScriptCall();
    for (const [key, { row, tokens }] of charges) call.add([key], [row], tokens, true);
    for (const { request, keys, cost } of asked) call.add(keys, request.rows, cost, false);
    // What the asking have left decides who may be told in advance next.
    const looks = looksOf(asked);
    for (const [key, row] of looks) call.add([key], [row], 0, true);
    const answers = await this.redis.takeTokens(...call.arguments);
    const now = performance.now();
    const learn = (key: string, [, , , fullUs = 0]: number[]): void => this.advance.learn(key, now, fullUs);
    for (const key of charges.keys()) learn(key, call.next(answers));
    for (const { request, resolve } of asked) resolve(decision(request, call.next(answers)));
    for (const key of looks.keys()) learn(key, call.next(answers));
  }
}

/** The buckets of which something may be given in advance. */
function looksOf(asked: Batch['asked']): Map<string, LimitRow> {
  const looks = new Map<string, LimitRow>();
  for (const { request, keys, cost } of asked) {
    if (cost === 0) continue;
    request.rows.forEach((row, index) => {
      if (advanceOf(row) > 0) looks.set(keys[index] ?? '', row);
    });
  }
  return looks;
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
