import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import { TokenVerifier, type UserActor } from '@parley/platform/auth';
import { InjectConfig, type ConfigOf } from '@parley/platform/config';
import { Overload } from '@parley/platform/ratelimit';
import { Limits } from '@parley/domain/limits';
import { Origins } from '@parley/domain/tenants';
import { gatewayConfig } from '../gateway.config';

/** A connection that wants to come in. */
export interface Applicant {
  /** Of the page that it comes from; native clients have none. */
  readonly origin: string | undefined;
  readonly isOpen: () => boolean;
  /** Called once, if it was open. */
  readonly onClose: (closed: () => void) => void;
}

const tooManyRetryMs = 10_000;

/** Says who a connection is of; so many at once and no more, and no user has more connections than the tenant allows. */
@Injectable()
export class HandshakeVerifier {
  private verifying = 0;
  private readonly connected = new Map<string, number>();

  constructor(
    private readonly tokens: TokenVerifier,
    private readonly limits: Limits,
    private readonly origins: Origins,
    private readonly overload: Overload,
    @InjectConfig(gatewayConfig) private readonly config: ConfigOf<typeof gatewayConfig>,
  ) {}

  /** @throws AppError `service.overloaded`, `rate_limit.exceeded`, `origin.refused`, and what `TokenVerifier.verify` throws */
  async verify(token: unknown, applicant: Applicant): Promise<UserActor> {
    if (this.verifying >= this.config.handshakesMax) {
      throw new AppError('service.overloaded', { retryAfterMs: this.overload.retryAfterMs() });
    }
    this.verifying += 1;
    try {
      const actor = await this.tokens.verify(typeof token === 'string' ? token : '');
      await this.origins.assertAllowed(actor.tenantId, applicant.origin);
      const { socketsPerUser } = await this.limits.of(actor.tenantId);
      if (applicant.isOpen()) this.enter(actor, socketsPerUser, applicant);
      return actor;
    } finally {
      this.verifying -= 1;
    }
  }

  private enter({ tenantId, userId }: UserActor, most: number, applicant: Applicant): void {
    const user = `${tenantId} ${userId}`;
    const count = this.connected.get(user) ?? 0;
    if (count >= most) {
      throw new AppError('rate_limit.exceeded', { bucket: 'socketsPerUser', retryAfterMs: tooManyRetryMs });
    }
    this.connected.set(user, count + 1);
    applicant.onClose(() => this.leave(user));
  }

  private leave(user: string): void {
    const count = this.connected.get(user) ?? 0;
    if (count > 1) this.connected.set(user, count - 1);
    else this.connected.delete(user);
  }
}
