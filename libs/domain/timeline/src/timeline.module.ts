import { Global, Module } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { Timeline } from './timeline';

/** One Timeline per process: its lanes are the process's group commit. */
@Global()
@Module({
  providers: [{ provide: Timeline, useFactory: (db: Db) => new Timeline(db), inject: [Db] }],
  exports: [Timeline],
})
export class TimelineModule {}
