import { z } from 'zod';
import { defineJob } from '../jobs/define-job';

/** Erases what a deleted conversation held. */
export const conversationEraseJob = defineJob({
  name: 'conversation.erase',
  on: ['conversation.deleted'],
  queue: 'erasure',
  schema: z.object({ conversationId: z.uuid() }),
  dedupe: 'the rows themselves: what is erased is not there any more; what is left is the next event’s',
  why: 'a deletion answers at once at any size; its content goes in pieces that keep nobody waiting',
});
