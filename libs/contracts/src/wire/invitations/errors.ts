import { defineErrors } from '../errors/error-definition';

export const invitationErrors = defineErrors({
  'invitation.not_found': {
    kind: 'not_found',
    retryable: false,
    message: 'There is no such open invitation.',
  },
  'participant.present': {
    kind: 'conflict',
    retryable: false,
    message: 'This user takes part in the conversation already.',
  },
});
