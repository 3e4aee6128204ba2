import { defineErrors } from './error-definition';

/** Failures that any request can meet, whatever it is about. */
export const requestErrors = defineErrors({
  'request.invalid': {
    kind: 'bad_request',
    retryable: false,
    message: 'The request is not valid; `issues` names the fields.',
  },
  'request.malformed': {
    kind: 'bad_request',
    retryable: false,
    message: 'The request could not be read as JSON of the expected form.',
  },
  'request.unknown': {
    kind: 'bad_request',
    retryable: false,
    message: 'There is no request of this name.',
  },
  'request.too_large': {
    kind: 'too_large',
    retryable: false,
    message: 'The request is larger than allowed.',
  },
  'request.unsupported_media': {
    kind: 'unsupported',
    retryable: false,
    message: 'The request body must be application/json.',
  },
  'route.not_found': { kind: 'not_found', retryable: false, message: 'There is no such path.' },
  'method.not_allowed': {
    kind: 'bad_request',
    retryable: false,
    message: 'This path does not know this method.',
  },
  'permission.denied': {
    kind: 'forbidden',
    retryable: false,
    message: 'You may see this, but you may not do that.',
  },
  'outcome.unknown': {
    kind: 'unavailable',
    retryable: true,
    message: 'It is not known whether this was done; repeat it with the same key.',
  },
  'service.unavailable': {
    kind: 'unavailable',
    retryable: true,
    message: 'A part of the service is not available; try again shortly.',
  },
  'internal.error': {
    kind: 'internal',
    retryable: true,
    message: 'Something went wrong on our side; quote the request id when you report it.',
  },
});
