export * from './bus/bus.types';
export * from './conversations/conversation.jobs';
export * from './jobs/define-job';
export * from './jobs/job-definitions';
export * from './search/search.jobs';
