import { conversationEraseJob, searchIndexJob } from '@parley/contracts/internal';
import { handleJob, type QueueOptions } from '@parley/platform/queue';
import { ConversationEraser, ConversationEraserModule } from '@parley/domain/conversations';
import { SearchIndex, SearchIndexModule } from '@parley/domain/search';

/** What each job does: one line for each. */
export const jobHandlers: QueueOptions['handlers'] = {
  imports: [SearchIndexModule, ConversationEraserModule],
  inject: [SearchIndex, ConversationEraser],
  useFactory: (searchIndex: SearchIndex, eraser: ConversationEraser) => [
    // It rests between its pieces.
    {
      definition: searchIndexJob,
      restTimes: 0,
      run: (tenantId, events) => searchIndex.index(tenantId, events),
    },
    handleJob(conversationEraseJob, (tx, events) => eraser.erase(tx, events)),
  ],
};
