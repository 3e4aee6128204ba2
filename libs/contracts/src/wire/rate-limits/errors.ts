import { defineErrors } from '../errors/error-definition';

export const rateLimitErrors = defineErrors({
  'rate_limit.exceeded': {
    kind: 'rate_limited',
    retryable: true,
    message: 'Too much at once: `bucket` names the limit, `retryAfterMs` says when to go on.',
  },
  'service.overloaded': {
    kind: 'unavailable',
    retryable: true,
    message: 'The service has more to do than it can; try again after `retryAfterMs`.',
  },
});
