export { ThreadListService } from './thread-list.service';
export { ThreadService } from './thread.service';
export { Threads } from './threads';
export { ThreadsModule } from './threads.module';
