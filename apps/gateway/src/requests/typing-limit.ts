import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { LocalBuckets, Overload } from '@parley/platform/ratelimit';
import { Limits } from '@parley/domain/limits';
import type { Session } from '../sessions/session';

const alone = { nodes: 1, closedBy: 1 } as const;

/** How often a socket may say that it types: counted by its gateway alone. */
@Injectable()
export class TypingLimit {
  private readonly buckets = new LocalBuckets();

  constructor(
    private readonly limits: Limits,
    private readonly overload: Overload,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `rate_limit.exceeded`; `service.overloaded`: what nobody misses is put off first (F37) */
  async take({ connection, actor }: Session, conversationId: string): Promise<void> {
    if (this.overload.isOverloaded) {
      throw new AppError('service.overloaded', { retryAfterMs: this.overload.retryAfterMs() });
    }
    const bucket = 'typing';
    const { perMinute, burst } = (await this.limits.of(actor.tenantId))[bucket];
    const subject = `${conversationId} ${connection.id}`;
    const row = { bucket, subject, perMinute, burst, whenAway: 'open' } as const;
    const { retryAfterMs } = this.buckets.take(this.clock.monotonicMs(), actor.tenantId, [row], 1, alone);
    if (retryAfterMs > 0) throw new AppError('rate_limit.exceeded', { bucket, retryAfterMs });
  }
}
