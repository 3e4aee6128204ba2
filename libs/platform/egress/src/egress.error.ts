const sentences = {
  'egress.url_refused': 'The address is not one of the public web.',
  'egress.address_refused': 'The name leads to an address that is not public.',
  'egress.redirect_refused': 'The answer is a redirect.',
  'egress.name_unresolved': 'The name cannot be resolved.',
  'egress.unreachable': 'The server cannot be reached.',
  'egress.timed_out': 'The server took too long.',
  'egress.answer_too_large': 'The answer is too large.',
  'egress.answer_unreadable': 'The answer is compressed, which was not asked for.',
  'egress.busy': 'Too many requests are under way.',
} as const;

export type EgressFailure = keyof typeof sentences;

/** Refused by what the address is: a repeat changes nothing. */
const final: readonly EgressFailure[] = [
  'egress.url_refused',
  'egress.address_refused',
  'egress.redirect_refused',
];

/** Why there is no answer. The message names neither addresses nor ports: it may be shown to whoever chose the URL. */
export class EgressError extends Error {
  readonly retryable: boolean;

  constructor(
    readonly code: EgressFailure,
    cause?: unknown,
  ) {
    super(sentences[code], { cause });
    this.name = 'EgressError';
    this.retryable = !final.includes(code);
  }
}
