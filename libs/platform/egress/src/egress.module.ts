import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from '@parley/platform/telemetry';
import { Egress, type EgressOptions } from './egress';

/** Provides `Egress` to the whole process. */
@Global()
@Module({})
export class EgressModule {
  static forRoot(options: EgressOptions = {}): DynamicModule {
    return {
      module: EgressModule,
      providers: [
        {
          provide: Egress,
          useFactory: (metrics: Metrics) => new Egress(metrics, options),
          inject: [Metrics],
        },
      ],
      exports: [Egress],
    };
  }
}
