import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { presenceTimes } from '@parley/platform/realtime';
import { PresenceSweep } from '@parley/domain/presence';
import { GatewayTail } from '../live/gateway-tail';
import { LocalPresence } from './local-presence';
import { PresenceAudience } from './presence-audience';
import { PresenceWatching } from './presence-watching';
import { SharedPresence } from './shared-presence';

const tickMs = 1_000;
const renewEveryTicks = presenceTimes.renewEveryMs / tickMs;

/** The worker's part of presence, done by gateways while none is heard. */
@Injectable()
export class PresenceDuties {
  constructor(
    private readonly sweep: PresenceSweep,
    private readonly tail: GatewayTail,
  ) {}

  sweepIfAlone(tell: Parameters<PresenceSweep['run']>[0]): void {
    if (!this.tail.workerIsHeard) void this.sweep.run(tell);
  }
}

/** What the parts of presence need to be called for, again and again. */
@Injectable()
export class PresenceUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private ticks = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewing = false;

  constructor(
    private readonly local: LocalPresence,
    private readonly shared: SharedPresence,
    private readonly audience: PresenceAudience,
    private readonly watching: PresenceWatching,
    private readonly duties: PresenceDuties,
  ) {
    shared.onNews((news) => audience.hear(news));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.tick(), tickMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.shared.flush();
  }

  private tick(): void {
    this.ticks += 1;
    for (const { tenantId, userId, left } of this.local.takeGone()) {
      if (left !== undefined) this.audience.touch(tenantId, userId, left.seenAt);
    }
    void this.watching.check();
    this.audience.flush();
    this.duties.sweepIfAlone((news) => this.shared.publish(news));
    if (this.ticks % renewEveryTicks === 0) void this.renew();
  }

  private async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    await this.shared.renewAll();
    await this.audience.refresh();
    this.renewing = false;
  }
}
