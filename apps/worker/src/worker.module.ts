import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import type { LoadedConfig } from '@parley/platform/config';
import { DatabaseModule, Db } from '@parley/platform/database';
import { Health, TelemetryModule, type Log } from '@parley/platform/telemetry';
import type { workerSections } from './worker.config';

export type WorkerConfig = Pick<LoadedConfig<typeof workerSections>, 'telemetry' | 'database'>;

/** What the requests of clients must not wait for. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap {
  constructor(
    private readonly health: Health,
    private readonly db: Db,
  ) {}

  static forRoot({ database, telemetry }: WorkerConfig, log: Log): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        TelemetryModule.forRoot({
          process: 'worker',
          log,
          internal: { host: telemetry.internalHost, port: telemetry.internalPort },
        }),
        DatabaseModule.forRoot({ ...database, applicationName: 'parley worker' }),
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'postgres', gating: true, check: () => this.db.ping() });
    this.health.markServing();
  }
}
