export { ConversationSettingsService } from './conversation-settings.service';
export { ConversationService, type CreatedConversation } from './conversation.service';
export { ConversationsModule } from './conversations.module';
