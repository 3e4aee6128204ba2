import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { RedisConnections, redisKeys } from '@parley/platform/redis';
import { Log, Metrics } from '@parley/platform/telemetry';
import { Bus } from './bus';
import { BusPublisher } from './bus-publisher';
import { PresenceStore } from './presence-store';
import { Publisher } from './publisher';

class BusShutdown implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {}

  onApplicationShutdown(): void {
    this.bus.close();
  }
}

/** Provides `Bus` and `PresenceStore` to the whole process. */
@Global()
@Module({})
export class RealtimeModule {
  static forRoot(options: { channelPrefix: string }): DynamicModule {
    return {
      module: RealtimeModule,
      providers: [
        {
          provide: Bus,
          useFactory: (connections: RedisConnections, log: Log, metrics: Metrics) =>
            new Bus(connections, redisKeys.bus(options.channelPrefix), log, metrics),
          inject: [RedisConnections, Log, Metrics],
        },
        {
          provide: PresenceStore,
          useFactory: (connections: RedisConnections) =>
            new PresenceStore(connections.open('presence'), options.channelPrefix),
          inject: [RedisConnections],
        },
        { provide: BusShutdown, useFactory: (bus: Bus) => new BusShutdown(bus), inject: [Bus] },
      ],
      exports: [Bus, PresenceStore],
    };
  }
}

/** Binds `Publisher` to the bus, for processes without sockets. */
@Global()
@Module({
  providers: [{ provide: Publisher, useClass: BusPublisher }],
  exports: [Publisher],
})
export class BusPublisherModule {}
