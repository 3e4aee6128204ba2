import { z } from 'zod';
import { defineJob } from '../jobs/define-job';

/** Brings the search text of messages in line with what they are now. */
export const searchIndexJob = defineJob({
  name: 'search.index',
  on: ['message.created', 'message.updated', 'message.deleted'],
  queue: 'search',
  schema: z.object({ conversationId: z.uuid(), seq: z.int().min(1) }),
  // Four full batches of sends: fewer cost more jobs in Redis.
  batch: 256,
  dedupe: 'the row of the message: its search text is written from what the message is now',
  why: 'a message is found by its words; a send does not wait for that',
});
