import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { Log, Metrics } from '@parley/platform/telemetry';
import { JobSink } from './job-sink';
import { OutboxRelay, type RelayOptions } from './outbox-relay';

/** Runs the relay from the start of the process until its queues close. */
class RelayLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly relay: OutboxRelay) {}

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

/** The relay, for a process that has a `JobSink`. */
@Module({})
export class OutboxRelayModule {
  static forRoot(options: RelayOptions): DynamicModule {
    return {
      module: OutboxRelayModule,
      providers: [
        {
          provide: OutboxRelay,
          useFactory: (db: Db, sink: JobSink, log: Log, metrics: Metrics) =>
            new OutboxRelay(db, sink, log, metrics, options),
          inject: [Db, JobSink, Log, Metrics],
        },
        {
          provide: RelayLifecycle,
          useFactory: (relay: OutboxRelay) => new RelayLifecycle(relay),
          inject: [OutboxRelay],
        },
      ],
      exports: [OutboxRelay],
    };
  }
}
