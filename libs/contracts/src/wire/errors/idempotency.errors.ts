import { defineErrors } from './error-definition';

export const idempotencyErrors = defineErrors({
  'idempotency.key_conflict': {
    kind: 'conflict',
    retryable: false,
    message: 'This Idempotency-Key already names another request of yours.',
  },
});
