import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { TenantsModule } from '@parley/domain/tenants';
import { MessageChangeService } from './message-change.service';
import { MessageService } from './message.service';
import { RevisionRepository } from './revision.repository';
import { RevisionService } from './revision.service';

@Module({
  imports: [ParticipantsModule, TenantsModule],
  providers: [MessageService, MessageChangeService, RevisionService, RevisionRepository],
  exports: [MessageService, MessageChangeService, RevisionService],
})
export class MessagesModule {}
