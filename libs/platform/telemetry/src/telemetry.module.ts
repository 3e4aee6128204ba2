import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ClockModule } from '@parley/platform/clock';
import { Health } from './health/health';
import { InternalServer, internalServerOptions, type InternalServerOptions } from './health/internal-server';
import { Log } from './log/log';
import { Metrics } from './metrics';
import { RequestTelemetry } from './request-telemetry';

export interface TelemetryOptions {
  /** The name of the process in metrics: `api`, `gateway`, `worker`. */
  process: string;
  log: Log;
  internal: InternalServerOptions;
}

/** Provides `Log`, `Metrics`, `Health` and `RequestTelemetry` to the whole process, and opens its internal port. */
@Global()
@Module({})
export class TelemetryModule {
  static forRoot(options: TelemetryOptions): DynamicModule {
    return {
      module: TelemetryModule,
      imports: [ClockModule, TerminusModule.forRoot({ logger: false })],
      providers: [
        { provide: Log, useValue: options.log },
        { provide: Metrics, useFactory: () => new Metrics(options.process) },
        { provide: internalServerOptions, useValue: options.internal },
        Health,
        InternalServer,
        RequestTelemetry,
      ],
      exports: [Log, Metrics, Health, InternalServer, RequestTelemetry],
    };
  }
}
