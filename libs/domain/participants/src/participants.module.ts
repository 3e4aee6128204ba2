import { Module } from '@nestjs/common';
import { ConversationAccess } from './conversation-access';
import { ConversationChanges } from './conversation-changes';
import { MessageAccess } from './message-access';
import { OwnershipService } from './ownership.service';
import { ParticipantWriter } from './participant.writer';
import { ParticipantRepository } from './participant.repository';
import { ParticipantService } from './participant.service';

@Module({
  providers: [
    ParticipantService,
    OwnershipService,
    ParticipantRepository,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
  exports: [
    ParticipantService,
    OwnershipService,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
})
export class ParticipantsModule {}
