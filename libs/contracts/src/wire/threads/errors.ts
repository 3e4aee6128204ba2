import { defineErrors } from '../errors/error-definition';

export const threadErrors = defineErrors({
  'thread.not_root': {
    kind: 'conflict',
    retryable: false,
    message: 'This message is a reply: name the root of its thread.',
  },
});
