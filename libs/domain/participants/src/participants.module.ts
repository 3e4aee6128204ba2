import { Module } from '@nestjs/common';
import { BanRepository } from './ban.repository';
import { BanService } from './ban.service';
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
    BanService,
    BanRepository,
    ParticipantRepository,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
  exports: [
    ParticipantService,
    OwnershipService,
    BanService,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
})
export class ParticipantsModule {}
