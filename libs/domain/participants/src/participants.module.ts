import { Module } from '@nestjs/common';
import { BanRepository } from './ban.repository';
import { BanService } from './ban.service';
import { ConversationAccess } from './conversation-access';
import { ConversationChanges } from './conversation-changes';
import { InvitationRepository } from './invitation.repository';
import { InvitationService } from './invitation.service';
import { JoinService } from './join.service';
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
    InvitationService,
    InvitationRepository,
    JoinService,
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
    InvitationService,
    JoinService,
    ParticipantWriter,
    ConversationAccess,
    ConversationChanges,
    MessageAccess,
  ],
})
export class ParticipantsModule {}
