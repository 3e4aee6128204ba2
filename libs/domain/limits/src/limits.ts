import { Injectable } from '@nestjs/common';
import {
  AppError,
  publicLimits,
  type BucketName,
  type BucketView,
  type LimitsView,
  type SendResult,
  type TenantLimits,
} from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { RateLimiter, type Decision, type LimitRequest } from '@parley/platform/ratelimit';
import { TenantSettings } from '@parley/domain/tenants';
import { bucketOf, messageBuckets, rowOf, type RequestClass } from './request-class';

/** Told of the bucket that decided, also when it refuses. */
type Told = (view: BucketView) => void;

/** What the caller may do, by the numbers of its tenant. */
@Injectable()
export class Limits {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly settings: TenantSettings,
  ) {}

  /** The tenant's numbers. Never throws. */
  of(tenantId: string): Promise<TenantLimits> {
    return this.settings.limits(tenantId);
  }

  /** Takes a request's token. @throws AppError `rate_limit.exceeded` */
  async take(actor: Actor, requestClass: RequestClass, told: Told): Promise<void> {
    const bucket = bucketOf(actor, requestClass);
    if (bucket === undefined) return;
    const request = requestOf(actor, await this.of(actor.tenantId), [bucket]);
    assertAllowed(await this.limiter.take(request), told);
  }

  /** Counts a write that came over a socket, as the same over REST, and carries it out. @throws AppError `rate_limit.exceeded` */
  async write<T>(actor: Actor, act: () => Promise<T>): Promise<T> {
    await this.take(actor, 'write', () => undefined);
    return act();
  }

  /**
   * Counts a message and carries it out. A repeat of a known message does not count, nor does what the service could not do.
   * @throws AppError `rate_limit.exceeded`; whatever `send` throws
   */
  async send(
    actor: Actor,
    send: () => Promise<SendResult>,
    told: Told = () => undefined,
  ): Promise<SendResult> {
    // A server key that names no user is refused by the send itself.
    if (actor.userId === null) return send();
    const request = requestOf(actor, await this.of(actor.tenantId), messageBuckets);
    assertAllowed(await this.limiter.take(request), told);
    try {
      const result = await send();
      if (result.duplicate) this.limiter.giveBack(request);
      return result;
    } catch (error) {
      if (error instanceof AppError && error.kind === 'unavailable') this.limiter.giveBack(request);
      throw error;
    }
  }

  /** The caller's limits, as they stand. */
  async view(actor: Actor): Promise<LimitsView> {
    const limits = await this.of(actor.tenantId);
    const looks = namesFor(actor).map((name) => this.limiter.look(requestOf(actor, limits, [name])));
    return {
      sizes: publicLimits,
      socketsPerUser: limits.socketsPerUser,
      buckets: (await Promise.all(looks)).map(viewOf),
    };
  }
}

function namesFor(actor: Actor): BucketName[] {
  const classes: RequestClass[] = ['read', 'write', 'import', 'tokens', 'admin'];
  const own = classes.map((each) => bucketOf(actor, each)).filter((name) => name !== undefined);
  const forKeysOnly = actor.kind === 'server' ? own : own.filter((name) => name !== 'imports');
  return [...new Set<BucketName>([...(actor.userId === null ? [] : ['messages' as const]), ...forKeysOnly])];
}

function requestOf(
  actor: Actor,
  limits: TenantLimits,
  [first, ...more]: readonly [BucketName, ...BucketName[]],
): LimitRequest {
  const rows: LimitRequest['rows'] = [
    rowOf(first, actor, limits),
    ...more.map((name) => rowOf(name, actor, limits)),
  ];
  return { tenantId: actor.tenantId, rows };
}

function viewOf({ row, remaining, resetMs }: Decision): BucketView {
  const { bucket, perMinute, burst } = row;
  return { bucket: bucket as BucketName, perMinute, burst, remaining, resetMs };
}

function assertAllowed(decision: Decision, told: Told): void {
  told(viewOf(decision));
  const { allowed, row, retryAfterMs } = decision;
  if (!allowed) throw new AppError('rate_limit.exceeded', { bucket: row.bucket, retryAfterMs });
}
