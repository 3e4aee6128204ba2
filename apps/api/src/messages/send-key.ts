import { randomUUID } from 'node:crypto';
import { AppError, clientMessageIdPattern } from '@parley/contracts/wire';

/**
 * The clientMessageId of a send over REST: the body's, or the header Idempotency-Key, which is another spelling of it, or
 * a new one.
 * @throws AppError `request.invalid` when the header has another form, or both are given and differ
 */
export function sendKey(inBody: string | undefined, header: string | undefined): string {
  if (header === undefined) return inBody ?? randomUUID();
  if (!clientMessageIdPattern.test(header)) throw invalid('must match [A-Za-z0-9._:-]{8,64}');
  if (inBody !== undefined && inBody !== header)
    throw invalid('must be the same as clientMessageId when both are given');
  return header;
}

function invalid(message: string): AppError {
  return new AppError('request.invalid', { issues: [{ path: 'Idempotency-Key', message }] });
}
