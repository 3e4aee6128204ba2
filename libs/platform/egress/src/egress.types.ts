import type { IncomingHttpHeaders } from 'node:http';

export interface EgressRequest {
  url: string;
  /** What it is for, in one word: a label of the metrics. */
  purpose: string;
  /** On whose behalf, such as a tenant's id: one owner has some of the places at once, never all. */
  owner: string;
  /** GET when absent. */
  method?: 'GET' | 'HEAD' | 'POST';
  /** Sent as they are, beside those of the client itself; to another origin, after a redirect, none of them goes. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Whether `http:` will do. */
  allowHttp?: boolean;
  /** Milliseconds from the call to the last byte of the answer. */
  timeoutMs: number;
  /** The largest body that is read. */
  maxBytes: number;
  /** How many redirects are followed (GET and HEAD alone); none when absent. */
  maxRedirects?: number;
}

export interface EgressAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Where the answer came from, after redirects. */
  url: string;
}
