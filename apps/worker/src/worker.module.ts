import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { jobDefinitions } from '@parley/contracts/internal';
import type { LoadedConfig } from '@parley/platform/config';
import { DatabaseModule, Db } from '@parley/platform/database';
import { OutboxRelayModule } from '@parley/platform/outbox';
import { QueueModule } from '@parley/platform/queue';
import { RealtimeModule } from '@parley/platform/realtime';
import { RedisModule } from '@parley/platform/redis';
import { Health, TelemetryModule, type Log } from '@parley/platform/telemetry';
import { PresenceSweepModule } from '@parley/domain/presence';
import { TimelineModule } from '@parley/domain/timeline';
import { Forgetting } from './forgetting';
import { jobHandlers } from './job-handlers';
import { PresenceSweeping } from './presence-sweeping';
import { Tail, TailTelemetry } from './tail';
import type { workerSections } from './worker.config';

export type WorkerConfig = Omit<LoadedConfig<typeof workerSections>, 'runtime'>;

/** What the requests of clients must not wait for. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap {
  constructor(
    private readonly health: Health,
    private readonly db: Db,
  ) {}

  static forRoot({ database, telemetry, redis, queue, outbox }: WorkerConfig, log: Log): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        TelemetryModule.forRoot({
          process: 'worker',
          log,
          internal: { host: telemetry.internalHost, port: telemetry.internalPort },
        }),
        DatabaseModule.forRoot({ ...database, applicationName: 'parley worker' }),
        RedisModule.forRoot({ url: redis.url, connectionName: 'parley-worker' }),
        RealtimeModule.forRoot({ channelPrefix: redis.channelPrefix }),
        TimelineModule,
        PresenceSweepModule,
        QueueModule.forRoot({
          url: queue.url ?? redis.url,
          keyPrefix: redis.channelPrefix,
          lockMs: queue.lockMs,
          connectionName: 'parley worker',
          definitions: jobDefinitions,
          handlers: jobHandlers,
        }),
        OutboxRelayModule.forRoot({ definitions: jobDefinitions, requeueMs: outbox.requeueMs }),
      ],
      providers: [TailTelemetry, Tail, PresenceSweeping, Forgetting],
    };
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'postgres', gating: true, check: () => this.db.ping() });
    this.health.markServing();
  }
}
