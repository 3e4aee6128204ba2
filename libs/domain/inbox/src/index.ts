export { ConversationViews } from './conversation-views';
export { DraftService } from './draft.service';
export { InboxModule } from './inbox.module';
export { InboxService } from './inbox.service';
export { ReadService } from './read.service';
