import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ReactionsModule } from '@parley/domain/reactions';
import { TenantsModule } from '@parley/domain/tenants';
import { ThreadsModule } from '@parley/domain/threads';
import { MessageChangeService } from './message-change.service';
import { MessageMarks } from './message-marks';
import { MessageService } from './message.service';
import { PinRepository } from './pin.repository';
import { PinService } from './pin.service';
import { RevisionRepository } from './revision.repository';
import { RevisionService } from './revision.service';

@Module({
  imports: [ParticipantsModule, TenantsModule, ReactionsModule, ThreadsModule],
  providers: [
    MessageService,
    MessageChangeService,
    MessageMarks,
    RevisionService,
    RevisionRepository,
    PinService,
    PinRepository,
  ],
  exports: [MessageService, MessageChangeService, RevisionService, PinService],
})
export class MessagesModule {}
