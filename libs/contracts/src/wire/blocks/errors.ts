import { defineErrors } from '../errors/error-definition';

export const blockErrors = defineErrors({
  'block.limit_reached': {
    kind: 'conflict',
    retryable: false,
    message: 'You block as many users as one can.',
  },
});
