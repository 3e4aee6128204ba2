import { defineErrors } from '../errors/error-definition';

export const conversationErrors = defineErrors({
  // What the caller may not see and what does not exist give this one answer.
  'conversation.not_found': {
    kind: 'not_found',
    retryable: false,
    message: 'There is no such conversation.',
  },
  'conversation.closed': { kind: 'conflict', retryable: false, message: 'The conversation is closed.' },
  'conversation.open_limit_reached': {
    kind: 'conflict',
    retryable: false,
    message: 'The connection has as many conversations open as it may: close one first.',
  },
  'conversation.distinct_fixed': {
    kind: 'conflict',
    retryable: false,
    message: 'What a distinct conversation is about does not change.',
  },
  'conversation.busy': {
    kind: 'unavailable',
    retryable: true,
    message: 'The conversation is being written to heavily; try again.',
  },
});
