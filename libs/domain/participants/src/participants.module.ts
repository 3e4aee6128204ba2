import { Module } from '@nestjs/common';
import { ConversationAccess } from './conversation-access';
import { ParticipantWriter } from './participant.writer';
import { ParticipantRepository } from './participant.repository';
import { ParticipantService } from './participant.service';

@Module({
  providers: [ParticipantService, ParticipantRepository, ParticipantWriter, ConversationAccess],
  exports: [ParticipantService, ParticipantWriter, ConversationAccess],
})
export class ParticipantsModule {}
