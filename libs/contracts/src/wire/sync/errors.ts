import { defineErrors } from '../errors/error-definition';

export const syncErrors = defineErrors({
  'epoch.changed': {
    kind: 'conflict',
    retryable: false,
    message: 'The installation was restored: drop the cursors and read the heads again.',
  },
  'cursor.invalid': { kind: 'bad_request', retryable: false, message: 'The cursor is not one of ours.' },
});
