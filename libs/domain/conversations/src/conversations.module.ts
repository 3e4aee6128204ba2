import { Module } from '@nestjs/common';
import { InboxModule } from '@parley/domain/inbox';
import { ParticipantsModule } from '@parley/domain/participants';
import { ConversationRepository } from './conversation.repository';
import { ConversationService } from './conversation.service';

@Module({
  imports: [InboxModule, ParticipantsModule],
  providers: [ConversationService, ConversationRepository],
  exports: [ConversationService],
})
export class ConversationsModule {}
