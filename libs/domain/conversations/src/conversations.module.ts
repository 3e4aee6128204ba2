import { Module } from '@nestjs/common';
import { InboxModule } from '@parley/domain/inbox';
import { ParticipantsModule } from '@parley/domain/participants';
import { ConversationRepository } from './conversation.repository';
import { ChannelService } from './channel.service';
import { ConversationDeletionService } from './conversation-deletion.service';
import { ConversationEraser } from './conversation-eraser';
import { ConversationSettingsService } from './conversation-settings.service';
import { ConversationService } from './conversation.service';

@Module({
  imports: [InboxModule, ParticipantsModule],
  providers: [
    ConversationService,
    ConversationSettingsService,
    ConversationDeletionService,
    ChannelService,
    ConversationRepository,
  ],
  exports: [ConversationService, ConversationSettingsService, ConversationDeletionService, ChannelService],
})
export class ConversationsModule {}

/** Erasing what was deleted, for the worker. */
@Module({ providers: [ConversationEraser], exports: [ConversationEraser] })
export class ConversationEraserModule {}
