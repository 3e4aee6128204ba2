import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ReactionsModule } from '@parley/domain/reactions';
import { ThreadListService } from './thread-list.service';
import { ThreadViews } from './thread-views';
import { ThreadRepository } from './thread.repository';
import { ThreadService } from './thread.service';
import { Threads } from './threads';

@Module({
  imports: [ParticipantsModule, ReactionsModule],
  providers: [ThreadService, ThreadListService, ThreadRepository, ThreadViews, Threads],
  exports: [ThreadService, ThreadListService, Threads],
})
export class ThreadsModule {}
