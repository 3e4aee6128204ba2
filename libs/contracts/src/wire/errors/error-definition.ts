/**
 * What kind of failure an error is. Each edge maps the kind to its own numbers: HTTP to a status, a socket to an ack,
 * a job to retry or give up.
 */
export type ErrorKind =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** One entry of the error catalogue. `retryable` says whether the very same request may succeed later. */
export interface ErrorDefinition {
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  /** One sentence for a person; no data of the request in it. */
  readonly message: string;
}

/** Keeps the literal code names of a capability's errors while checking their shape. */
export function defineErrors<const T extends Record<`${string}.${string}`, ErrorDefinition>>(errors: T): T {
  return errors;
}
