import { Global, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { Clock } from '@parley/platform/clock';
import { RedisConnections } from '@parley/platform/redis';
import { Health, Log, Metrics } from '@parley/platform/telemetry';
import { Overload } from './overload';
import { RateLimiter } from './rate-limiter';

class RateLimitShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly overload: Overload,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.overload.close();
    await this.limiter.close();
  }
}

/** Provides `RateLimiter` and `Overload` to the whole process. */
@Global()
@Module({})
export class RateLimitModule {
  static forRoot({ keyPrefix }: { keyPrefix: string }): DynamicModule {
    return {
      module: RateLimitModule,
      providers: [
        {
          provide: RateLimiter,
          useFactory: (
            connections: RedisConnections,
            clock: Clock,
            log: Log,
            metrics: Metrics,
            health: Health,
          ) => {
            const redis = connections.open('limits');
            const limiter = new RateLimiter({ redis, keyPrefix }, clock, log, metrics);
            if (redis === undefined) return limiter;
            const counts = (): string =>
              limiter.isShared ? 'counted together' : `a share of one in ${limiter.nodeCount}, counted here`;
            health.register({ name: 'rate_limits', gating: false, check: () => Promise.resolve(counts()) });
            return limiter;
          },
          inject: [RedisConnections, Clock, Log, Metrics, Health],
        },
        { provide: Overload, useFactory: (metrics: Metrics) => new Overload(metrics), inject: [Metrics] },
        {
          provide: RateLimitShutdown,
          useFactory: (limiter: RateLimiter, overload: Overload) => new RateLimitShutdown(limiter, overload),
          inject: [RateLimiter, Overload],
        },
      ],
      exports: [RateLimiter, Overload],
    };
  }
}
