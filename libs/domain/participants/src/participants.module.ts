import { Module } from '@nestjs/common';
import { ConversationAccess } from './conversation-access';
import { ConversationChanges } from './conversation-changes';
import { MessageAccess } from './message-access';
import { ParticipantWriter } from './participant.writer';
import { ParticipantRepository } from './participant.repository';
import { ParticipantService } from './participant.service';

@Module({
  providers: [
    ParticipantService,
    ParticipantRepository,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
  exports: [ParticipantService, ParticipantWriter, ConversationAccess, ConversationChanges, MessageAccess],
})
export class ParticipantsModule {}
