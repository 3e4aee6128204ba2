import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Health, Log } from '@parley/platform/telemetry';
import { RedisConnections, type RedisOptions } from './redis-connections';

/** Ends the connections after the servers have stopped. */
class RedisShutdown implements OnApplicationShutdown {
  constructor(private readonly connections: RedisConnections) {}

  onApplicationShutdown(): void {
    this.connections.close();
  }
}

/** Provides `RedisConnections` to the whole process; Redis is reported by its health and gates nothing. */
@Global()
@Module({})
export class RedisModule {
  static forRoot(options: RedisOptions): DynamicModule {
    return {
      module: RedisModule,
      providers: [
        {
          provide: RedisConnections,
          useFactory: (log: Log, health: Health) => {
            const connections = new RedisConnections(options, log);
            if (connections.configured) {
              health.register({ name: 'redis', gating: false, check: () => connections.ping() });
            }
            return connections;
          },
          inject: [Log, Health],
        },
        {
          provide: RedisShutdown,
          useFactory: (connections: RedisConnections) => new RedisShutdown(connections),
          inject: [RedisConnections],
        },
      ],
      exports: [RedisConnections],
    };
  }
}
