import { defineErrors } from '../errors/error-definition';

export const reactionErrors = defineErrors({
  'reaction.limit_reached': {
    kind: 'conflict',
    retryable: false,
    message: 'The message has as many different reactions as a message may have.',
  },
});
