export { handleJob, type JobHandler } from './job-catalogue';
export { queueConfig } from './queue.config';
export { QueueModule, type QueueOptions } from './queue.module';
