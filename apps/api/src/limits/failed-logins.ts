import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { LocalBuckets, type Decision } from '@parley/platform/ratelimit';
import type { ToldBucket } from './limit-headers';

const bucket = { bucket: 'failedLogins', perMinute: 60, burst: 120, whenAway: 'open' } as const;
const alone = { nodes: 1, closedBy: 1 } as const;

/**
 * How often an address may fail to say who it is, counted by each api alone (F7). Whoever is known is not held by it: an
 * office behind one address must not be shut out by one guest.
 */
@Injectable()
export class FailedLogins {
  private readonly buckets = new LocalBuckets();

  constructor(private readonly clock: Clock) {}

  /** Counts a failure; what the address is told: the failure, or that it fails too often. */
  failed(request: Request, error: AppError): AppError {
    const { allowed, retryAfterMs } = this.take(request, 1);
    return allowed ? error : new AppError('rate_limit.exceeded', { bucket: bucket.bucket, retryAfterMs });
  }

  /** How often the request's address may fail still. */
  of(request: Request): ToldBucket {
    return { ...bucket, ...this.take(request, 0) };
  }

  private take({ ip = '' }: Request, cost: number): Decision {
    return this.buckets.take(this.clock.monotonicMs(), '', [{ ...bucket, subject: ip }], cost, alone);
  }
}
