import { defineErrors } from '../errors/error-definition';

export const importErrors = defineErrors({
  'import.conversation_unknown': {
    kind: 'bad_request',
    retryable: false,
    message: 'The page names a conversation that was not imported before it.',
  },
});
