import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { PresenceNews } from '@parley/contracts/internal';
import { Bus } from '@parley/platform/realtime';
import { Metrics } from '@parley/platform/telemetry';
import { PresenceSweep } from '@parley/domain/presence';

const everyMs = 1_000;

/** Once a second it ends presence whose time is over, and tells all gateways. */
@Injectable()
export class PresenceSweeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private readonly transitions;

  constructor(
    private readonly sweep: PresenceSweep,
    private readonly bus: Bus,
    metrics: Metrics,
  ) {
    this.transitions = metrics.counter({
      name: 'presence_transitions_total',
      help: 'Users whose presence became another one, as this process found it.',
      labelNames: ['status'],
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep.run((news) => this.tell(news)), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private tell(news: PresenceNews): void {
    for (const { status } of news.users) this.transitions.inc({ status });
    this.bus.publishPresence(news);
  }
}
