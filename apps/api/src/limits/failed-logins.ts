import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { LocalBuckets, type Decision } from '@parley/platform/ratelimit';
import type { ToldBucket } from './limit-headers';

/** An address may fail so often to say who it is. Those who are known are not held by it. */
const failures = { bucket: 'failedLogins', perMinute: 60, burst: 120, whenAway: 'open' } as const;
const alone = { nodes: 1, closedBy: 1 } as const;

/** Stops whoever guesses tokens or keys, before any of them is looked up (F7). Counted by each api alone. */
@Injectable()
export class FailedLogins implements CanActivate {
  private readonly buckets = new LocalBuckets();

  constructor(private readonly clock: Clock) {}

  /** @throws AppError `rate_limit.exceeded` */
  canActivate(context: ExecutionContext): boolean {
    const decision = this.take(context.switchToHttp().getRequest<Request>(), 0);
    if (decision.remaining > 0) return true;
    const retryAfterMs = Math.ceil(60_000 / failures.perMinute);
    throw new AppError('rate_limit.exceeded', { bucket: failures.bucket, retryAfterMs });
  }

  /** The request's address did not say who it is. */
  failed(request: Request): void {
    this.take(request, 1);
  }

  /** How often its address may fail still. */
  of(request: Request): ToldBucket {
    return { ...failures, ...this.take(request, 0) };
  }

  private take({ ip = '' }: Request, cost: number): Decision {
    return this.buckets.take(this.clock.monotonicMs(), '', [{ ...failures, subject: ip }], cost, alone);
  }
}
