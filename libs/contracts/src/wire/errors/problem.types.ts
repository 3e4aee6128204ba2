import type { ErrorBody } from './app-error';

/** The body of every REST error, `application/problem+json` (RFC 9457). */
export interface Problem extends ErrorBody {
  /** Path of the code's documentation. */
  type: string;
  title: string;
  status: number;
  /** Quote it when you report a problem; the server's log lines carry it. */
  requestId: string;
}
