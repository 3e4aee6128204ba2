import { defineErrors } from '../errors/error-definition';

export const tenantErrors = defineErrors({
  'tenant.suspended': {
    kind: 'forbidden',
    retryable: false,
    message: 'This tenant is suspended.',
  },
  'token.missing': {
    kind: 'unauthenticated',
    retryable: false,
    message: 'An access token or a server key is needed.',
  },
  'token.invalid': {
    kind: 'unauthenticated',
    retryable: false,
    message: 'The access token or server key is not valid.',
  },
  'token.expired': { kind: 'unauthenticated', retryable: false, message: 'The access token has expired.' },
  'token.revoked': {
    kind: 'unauthenticated',
    retryable: false,
    message: 'The access token was revoked; sign in again.',
  },
  'origin.refused': {
    kind: 'forbidden',
    retryable: false,
    message: 'Pages of this origin may not call: the tenant or the operator has to list it.',
  },
  'token.user_changed': {
    kind: 'conflict',
    retryable: false,
    message: 'The token is of another user or tenant than the connection.',
  },
  'token.not_later': {
    kind: 'conflict',
    retryable: false,
    message: 'The token ends before the one that the connection has.',
  },
  'scope.missing': {
    kind: 'forbidden',
    retryable: false,
    message: 'The server key lacks the scope for this.',
  },
  'actor.required': {
    kind: 'bad_request',
    retryable: false,
    message: 'A server key does this only for a user: name one in the header Parley-Act-As.',
  },
  'tenant.not_found': { kind: 'not_found', retryable: false, message: 'There is no such tenant.' },
  'key.source_unusable': {
    kind: 'bad_request',
    retryable: false,
    message: 'The URL has no keys that can be used.',
  },
  'key.too_many': {
    kind: 'conflict',
    retryable: false,
    message: 'The tenant publishes its keys at as many URLs as it may: revoke one first.',
  },
  'key.not_found': { kind: 'not_found', retryable: false, message: 'There is no such key.' },
});
