import { searchIndexJob } from '@parley/contracts/internal';
import { handleJob, type QueueOptions } from '@parley/platform/queue';
import { SearchIndex, SearchIndexModule } from '@parley/domain/search';

/** What each job does: one line for each. */
export const jobHandlers: QueueOptions['handlers'] = {
  imports: [SearchIndexModule],
  inject: [SearchIndex],
  useFactory: (searchIndex: SearchIndex) => [
    handleJob(searchIndexJob, (tx, events) => searchIndex.write(tx, events)),
  ],
};
