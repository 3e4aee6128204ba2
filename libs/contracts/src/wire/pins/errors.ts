import { defineErrors } from '../errors/error-definition';

export const pinErrors = defineErrors({
  'pin.limit_reached': {
    kind: 'conflict',
    retryable: false,
    message: 'The conversation has as many pins as it may have: remove one first.',
  },
});
