import { defineErrors } from '../errors/error-definition';

export const participantErrors = defineErrors({
  'participant.not_found': {
    kind: 'not_found',
    retryable: false,
    message: 'This user is not a participant of the conversation.',
  },
  'participant.direct_fixed': {
    kind: 'conflict',
    retryable: false,
    message: 'The two participants of a direct conversation do not change.',
  },
  'participant.last_owner': {
    kind: 'conflict',
    retryable: false,
    message:
      'The last owner cannot leave a conversation that has other participants: name another owner first.',
  },
});
