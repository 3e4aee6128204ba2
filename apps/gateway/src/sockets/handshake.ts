import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a handshake is refused before anything is read of it. */
export interface Refusal {
  status: 401 | 403 | 429 | 503;
  text: string;
  retryAfterMs?: number;
}

const tokenParameters = /[?&](token|access_token|auth|authorization|jwt)(=|%5b|\[)/i;

/**
 * Judges a WebSocket handshake by its headers alone (S1, S2). Native clients send no origin; cookies never authenticate, and
 * a request that has one but no origin is no native client.
 */
export function refusalOf({ headers, url = '' }: IncomingMessage): Refusal | undefined {
  // Addresses end up in the logs of everything on the way.
  if (tokenParameters.test(url))
    return { status: 401, text: 'Send the token in the handshake, never in the address.' };
  if (headers.origin === undefined && headers.cookie !== undefined)
    return { status: 403, text: 'Cookies do not authenticate here.' };
  return undefined;
}

const reasons = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

/** Answers an upgrade request with an HTTP error and ends it. */
export function refuseUpgrade(socket: Duplex, { status, text, retryAfterMs }: Refusal): void {
  const retry = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1_000)}\r\n`;
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\n${retry}Content-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
