import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@parley/platform/clock';
import { Db } from '@parley/platform/database';
import { Log } from '@parley/platform/telemetry';
import { Drain } from './drain';
import { Isolation } from './isolation';
import { GatewayTail } from './live/gateway-tail';

const lookEveryMs = 1_000;

/** Looks after PostgreSQL for as long as the gateway runs (F40). */
@Injectable()
export class IsolationWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly isolation: Isolation;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(db: Db, clock: Clock, tail: GatewayTail, drain: Drain, log: Log) {
    this.isolation = new Isolation({
      monotonicMs: () => clock.monotonicMs(),
      ping: () => db.ping(),
      // The worker tells nothing that it did not just read.
      othersHavePostgres: () => tail.workerIsHeard,
      leave: () => {
        log.warn('gateway.isolated');
        return drain.sendAway(() => false);
      },
      comeBack: () => drain.stop(),
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), lookEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.isolation.look();
    this.looking = false;
  }
}
