import { defineErrors } from '../errors/error-definition';

export const userErrors = defineErrors({
  'user.not_found': { kind: 'not_found', retryable: false, message: 'There is no such user.' },
  'user.deactivated': { kind: 'forbidden', retryable: false, message: 'This user is deactivated.' },
  // One answer for both sides: nobody is told who blocks whom.
  'user.blocked': {
    kind: 'forbidden',
    retryable: false,
    message: 'You and the other participant cannot write to each other.',
  },
});
