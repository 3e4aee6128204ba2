import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ConversationViews } from './conversation-views';
import { InboxRepository } from './inbox.repository';
import { InboxService } from './inbox.service';
import { ReadService } from './read.service';

@Module({
  imports: [ParticipantsModule],
  providers: [InboxService, ReadService, ConversationViews, InboxRepository],
  exports: [InboxService, ReadService, ConversationViews],
})
export class InboxModule {}
