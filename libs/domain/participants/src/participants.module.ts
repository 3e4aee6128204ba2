import { Module } from '@nestjs/common';
import { ConversationAccess } from './conversation-access';
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
    MessageAccess,
  ],
  exports: [ParticipantService, ParticipantWriter, ConversationAccess, MessageAccess],
})
export class ParticipantsModule {}
