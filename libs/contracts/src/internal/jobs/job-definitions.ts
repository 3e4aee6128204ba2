import { conversationEraseJob } from '../conversations/conversation.jobs';
import { searchIndexJob } from '../search/search.jobs';
import type { JobDefinition, OutboxEventType } from './define-job';

/** All jobs, assembled from the capabilities. The worker does not start unless each has exactly one handler. */
export const jobDefinitions: readonly JobDefinition[] = [searchIndexJob, conversationEraseJob];

/** The names of the jobs that an event asks for: what its outbox row is written with. */
export function handlersOf(event: OutboxEventType): string[] {
  return jobDefinitions.filter((job) => job.on.includes(event)).map(({ name }) => name);
}
