import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { requestHeaders, responseHeaders } from './forwarded-headers';
import { answerUnavailable, refuseUpgrade } from './problem-answers';

const host = '127.0.0.1';
const handshakeTimeoutMs = 10_000;
const keepAliveProbeMs = 30_000;

// Shorter than the 5 s after which Node's servers close an idle connection, so that none is used while it closes.
const agent = new Agent({ keepAlive: true, timeout: 4_000 });

/** Passes a request on, body and answer as streams; 503 when nobody answers. */
export function forwardRequest(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const { method, url: path } = incoming;
  const upstream = httpRequest({ host, port, method, path, agent, headers: requestHeaders(incoming) });
  let answered = false;
  upstream.on('response', (response) => {
    answered = true;
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, responseHeaders(response));
    // An answer that breaks off must break off for the client too: a clean end would look complete.
    pipeline(response, outgoing, () => undefined);
  });
  upstream.on('error', () => {
    if (!answered && !outgoing.destroyed) answerUnavailable(outgoing);
  });
  upstream.on('close', () => {
    // The rest of a body that nobody wants is read away, so that the connection stays usable.
    incoming.unpipe(upstream);
    incoming.resume();
  });
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
}

/** Passes an upgrade on and joins both connections; whatever else is answered goes back and the connection closes. */
export function forwardUpgrade(incoming: IncomingMessage, client: Duplex, head: Buffer, port: number): void {
  const { method, url: path } = incoming;
  const headers = { ...requestHeaders(incoming), connection: 'Upgrade', upgrade: incoming.headers.upgrade };
  const upstream = httpRequest({ host, port, method, path, agent: false, headers });
  upstream.setTimeout(handshakeTimeoutMs, () => upstream.destroy());
  let answered = false;
  upstream.on('upgrade', (response, server, serverHead) => {
    answered = true;
    client.write(answerHead(response, ['connection', 'Upgrade', 'upgrade', response.headers.upgrade ?? '']));
    if (serverHead.length > 0) client.write(serverHead);
    if (head.length > 0) server.write(head);
    join(client, server);
  });
  upstream.on('response', (response) => {
    answered = true;
    client.write(answerHead(response, ['connection', 'close']));
    pipeline(response, client, () => undefined);
  });
  upstream.on('error', () => {
    if (!answered && client.writable) refuseUpgrade(client);
  });
  client.on('close', () => upstream.destroy());
  upstream.end();
}

function join(client: Duplex, server: Socket): void {
  for (const socket of [client, server]) {
    if (!(socket instanceof Socket)) continue;
    // How long silence may last is the gateway's affair, which pings.
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveProbeMs);
  }
  pipeline(client, server, () => undefined);
  pipeline(server, client, () => undefined);
}

function answerHead(response: IncomingMessage, added: string[]): string {
  const raw = [...responseHeaders(response), ...added];
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
  return `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`;
}
