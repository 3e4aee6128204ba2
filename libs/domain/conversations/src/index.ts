export { ChannelService } from './channel.service';
export { ConversationDeletionService } from './conversation-deletion.service';
export { ConversationEraser } from './conversation-eraser';
export { ConversationSettingsService } from './conversation-settings.service';
export { ConversationService, type CreatedConversation } from './conversation.service';
export { ConversationEraserModule, ConversationsModule } from './conversations.module';
