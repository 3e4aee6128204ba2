import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { LocalBucket } from '@parley/platform/ratelimit';
import { Limits } from '@parley/domain/limits';
import type { Session } from '../sessions/session';

/** So many times its limit, for so many milliseconds, and a socket is closed. */
const floodTimes = 5;
const floodWindowMs = 10_000;

interface SocketCount {
  bucket: LocalBucket;
  windowFrom: number;
  asked: number;
}

/** How much one socket may ask. It is on this gateway alone, so nobody else has to be asked. */
@Injectable()
export class SocketLimits {
  private readonly counts = new WeakMap<Session, SocketCount>();

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  /** Counts one request, whatever it is. @throws AppError `rate_limit.exceeded` */
  async take(session: Session): Promise<void> {
    const { perMinute, burst } = (await this.limits.of(session.actor.tenantId)).socketRequests;
    const now = this.clock.monotonicMs();
    const count = this.countOf(session, now);
    count.asked += 1;
    const retryAfterMs = count.bucket.take(now, perMinute, burst);
    const elapsed = now - count.windowFrom;
    if (elapsed >= floodWindowMs) {
      // Only who did not heed the refusals is closed: one who waits as told never asks so much.
      if (count.asked > (floodTimes * perMinute * elapsed) / 60_000 + burst) session.connection.close(4003);
      count.windowFrom = now;
      count.asked = 0;
    }
    if (retryAfterMs > 0)
      throw new AppError('rate_limit.exceeded', { bucket: 'socketRequests', retryAfterMs });
  }

  private countOf(session: Session, now: number): SocketCount {
    let count = this.counts.get(session);
    if (count === undefined) {
      count = { bucket: new LocalBucket(), windowFrom: now, asked: 0 };
      this.counts.set(session, count);
    }
    return count;
  }
}
