import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { Destination } from './destination';
import { EgressError } from './egress.error';
import type { EgressAnswer, EgressRequest } from './egress.types';

const headersMaxBytes = 16 * 1024;

/** What is not the caller's to say: it would reach another host, or another answer than the one that is read. */
const ownHeaders = ['host', 'connection', 'accept-encoding', 'content-length', 'transfer-encoding'];

export interface ExchangeContext {
  signal: AbortSignal;
  /** Certificates that are trusted instead of the usual ones: for tests. */
  ca: string | undefined;
}

/** One request and its answer, over a connection to one of the destination's addresses. @throws EgressError */
export async function exchange(
  { url, addresses }: Destination,
  request: EgressRequest,
  { signal, ca }: ExchangeContext,
): Promise<EgressAnswer> {
  const options: RequestOptions = {
    method: request.method ?? 'GET',
    headers: headersOf(request),
    // One connection, kept for nobody; the shared agent could be told of a proxy by the environment.
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: headersMaxBytes,
    signal,
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sending = send(url, options, resolve).on('error', reject);
      sending.end(request.body);
    });
    const { statusCode = 0, headers } = response;
    const body = await readBody(response, request.maxBytes);
    return { status: statusCode, headers, body, url: url.href };
  } catch (cause) {
    throw cause instanceof EgressError ? cause : new EgressError('egress.unreachable', cause);
  }
}

function headersOf({ headers = {}, body }: EgressRequest): Record<string, string> {
  const given = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name.toLowerCase()));
  return {
    'user-agent': 'Parley',
    ...Object.fromEntries(given),
    'accept-encoding': 'identity',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  };
}

/** Connections are made to these addresses, whatever the name means by now. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const [first] = found;
  return (name, options, callback) => {
    if (first === undefined) callback(new Error('no address'), []);
    else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  try {
    const encoding = response.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new EgressError('egress.answer_unreadable');
    if (Number(response.headers['content-length'] ?? 0) > maxBytes)
      throw new EgressError('egress.answer_too_large');
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new EgressError('egress.answer_too_large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}
