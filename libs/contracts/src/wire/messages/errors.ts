import { defineErrors } from '../errors/error-definition';

export const messageErrors = defineErrors({
  'message.not_found': { kind: 'not_found', retryable: false, message: 'There is no such message.' },
  'message.key_conflict': {
    kind: 'conflict',
    retryable: false,
    message: 'This clientMessageId already names another message of yours in this conversation.',
  },
  'message.posting_denied': {
    kind: 'forbidden',
    retryable: false,
    message: 'Your role may not post into this conversation.',
  },
  'message.slow_mode': {
    kind: 'rate_limited',
    retryable: true,
    message: 'The conversation is in slow mode: `retryAfterMs` says when you may send again.',
  },
  'message.deleted': {
    kind: 'conflict',
    retryable: false,
    message: 'The message was deleted.',
  },
  'message.version_stale': {
    kind: 'conflict',
    retryable: false,
    message: 'The message was edited meanwhile: read it again, and edit that version.',
  },
  'message.edit_window_over': {
    kind: 'conflict',
    retryable: false,
    message: 'The time in which this message could be edited is over.',
  },
  'message.reply_not_found': {
    kind: 'bad_request',
    retryable: false,
    message:
      'The message that replyTo or threadRoot names is not in this conversation, or is no thread root.',
  },
});
