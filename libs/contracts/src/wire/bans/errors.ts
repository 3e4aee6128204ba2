import { defineErrors } from '../errors/error-definition';

export const banErrors = defineErrors({
  'ban.not_found': { kind: 'not_found', retryable: false, message: 'This user is not banned.' },
  'participant.banned': {
    kind: 'conflict',
    retryable: false,
    message: 'A user who is banned from the conversation cannot take part in it; `issues` names whom.',
  },
  'user.banned': { kind: 'forbidden', retryable: false, message: 'This user is banned.' },
});
