import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ConversationRepository } from './conversation.repository';
import { ConversationService } from './conversation.service';

@Module({
  imports: [ParticipantsModule],
  providers: [ConversationService, ConversationRepository],
  exports: [ConversationService],
})
export class ConversationsModule {}
