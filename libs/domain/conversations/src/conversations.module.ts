import { Module } from '@nestjs/common';
import { InboxModule } from '@parley/domain/inbox';
import { ParticipantsModule } from '@parley/domain/participants';
import { ConversationRepository } from './conversation.repository';
import { ConversationSettingsService } from './conversation-settings.service';
import { ConversationService } from './conversation.service';

@Module({
  imports: [InboxModule, ParticipantsModule],
  providers: [ConversationService, ConversationSettingsService, ConversationRepository],
  exports: [ConversationService, ConversationSettingsService],
})
export class ConversationsModule {}
