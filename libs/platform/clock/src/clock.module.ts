import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock';

/** Provides `Clock` to the whole process; a test overrides it with a fixed one. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }],
  exports: [Clock],
})
export class ClockModule {}
