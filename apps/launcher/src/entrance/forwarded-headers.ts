import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

// A client could claim any of them; what the processes believe about it comes from the entrance alone.
const claims = ['forwarded', 'x-real-ip', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-server'];

/** The headers that a request goes on with: none of this hop, and the truth about who sent it. */
export function requestHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { ...request.headers };
  const chunked = headers['transfer-encoding'] !== undefined;
  for (const name of [...connectionOptions(headers.connection), ...hopByHop, ...claims]) delete headers[name];
  // Node has answered "100 Continue" to the client by now.
  delete headers.expect;
  if (chunked) headers['transfer-encoding'] = 'chunked';
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? '';
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-host'] = request.headers.host ?? '';
  return headers;
}

/** The raw headers that an answer goes on with, in order, repeated ones kept. */
export function responseHeaders(response: IncomingMessage): string[] {
  const dropped = new Set([...hopByHop, ...connectionOptions(response.headers.connection)]);
  const { rawHeaders } = response;
  return rawHeaders.filter((_, index) => !dropped.has((rawHeaders[index - (index % 2)] ?? '').toLowerCase()));
}

function connectionOptions(connection: string | undefined): string[] {
  return (connection ?? '')
    .split(',')
    .map((option) => option.trim().toLowerCase())
    .filter(Boolean);
}
