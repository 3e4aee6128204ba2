import { Module } from '@nestjs/common';
import { ClockModule } from '@parley/platform/clock';
import { createLogger, Log, Metrics } from '@parley/platform/telemetry';
import { Writable } from 'node:stream';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

/** `Clock`, `Log` and `Metrics` without an internal port. Import it as `{ module: QuietTelemetryModule, global: true }`. */
@Module({
  imports: [ClockModule],
  providers: [
    {
      provide: Log,
      useFactory: () => createLogger({ process: 'test', level: 'error', format: 'json', stream: silent }),
    },
    { provide: Metrics, useFactory: () => new Metrics('test') },
  ],
  exports: [Log, Metrics],
})
export class QuietTelemetryModule {}
