import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ThreadsModule } from '@parley/domain/threads';
import { ConversationViews } from './conversation-views';
import { DraftRepository } from './draft.repository';
import { DraftService } from './draft.service';
import { InboxRepository } from './inbox.repository';
import { InboxService } from './inbox.service';
import { ReadService } from './read.service';

@Module({
  imports: [ParticipantsModule, ThreadsModule],
  providers: [InboxService, ReadService, DraftService, ConversationViews, InboxRepository, DraftRepository],
  exports: [InboxService, ReadService, DraftService, ConversationViews],
})
export class InboxModule {}
