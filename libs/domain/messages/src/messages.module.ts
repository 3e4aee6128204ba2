import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { TenantsModule } from '@parley/domain/tenants';
import { MessageService } from './message.service';

@Module({
  imports: [ParticipantsModule, TenantsModule],
  providers: [MessageService],
  exports: [MessageService],
})
export class MessagesModule {}
