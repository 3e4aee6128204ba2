import { EventEmitter, once } from 'node:events';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Entrance } from './entrance';
import type { Target } from './gateway-choice';

describe('the entrance', () => {
  const servers: Server[] = [];
  const entrances: Entrance[] = [];
  afterEach(async () => {
    await Promise.all(entrances.splice(0).map((entrance) => entrance.close(0)));
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<Target & { server: Server }> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { name: `target-${servers.length}`, port: (server.address() as AddressInfo).port, server };
  }

  async function open(api: Target[], gateways: Target[]): Promise<number> {
    const entrance = new Entrance({
      api: () => api,
      gateways: () => gateways,
      answerPage: (_, response) => void response.end('page'),
    });
    entrances.push(entrance);
    // Its own choice of a free port, seen through a server that is closed again.
    const { port, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    await entrance.listen(port, '127.0.0.1');
    return port;
  }

  it('passes requests on with the truth about the sender, whatever the sender claims', async () => {
    const api = await serve((incoming, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify(incoming.headers));
    });
    const port = await open([api], []);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/x`, {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
        'x-real-ip': '6.6.6.6',
        authorization: 'Bearer t',
      },
    });
    const seen = (await answer.json()) as Record<string, string>;
    expect(seen).toMatchObject({
      authorization: 'Bearer t',
      host: `127.0.0.1:${port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `127.0.0.1:${port}`,
      'x-forwarded-proto': 'http',
    });
    expect(JSON.stringify(seen)).not.toContain('6.6.6.6');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('streams a body before it is complete', async () => {
    const arriving = new EventEmitter();
    const arrived = once(arriving, 'chunk');
    const api = await serve((incoming, response) => {
      incoming.once('data', (chunk: Buffer) => arriving.emit('chunk', chunk.toString()));
      incoming.on('end', () => response.end('done'));
    });
    const port = await open([api], []);
    const upload = request({ port, host: '127.0.0.1', path: '/v1/imports', method: 'POST' });
    const answered = new Promise<number | undefined>((resolve) =>
      upload.on('response', (r) => resolve(r.statusCode)),
    );
    upload.write('first');
    expect(await arrived).toEqual(['first']);
    upload.end('last');
    expect(await answered).toBe(200);
  });

  it('breaks an answer off when the process does, instead of ending it as if it were complete', async () => {
    const api = await serve((_, response) => {
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const port = await open([api], []);
    await expect(fetch(`http://127.0.0.1:${port}/v1/x`).then((answer) => answer.text())).rejects.toThrow();
  });

  it('answers 503 with a retryable problem while a process is down', async () => {
    const gone = await serve(() => undefined);
    await new Promise((resolve) => gone.server.close(resolve));
    for (const api of [[], [gone]]) {
      const port = await open(api, []);
      const answer = await fetch(`http://127.0.0.1:${port}/v1/x`, {
        method: 'POST',
        body: 'x'.repeat(100_000),
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({
        code: 'service.unavailable',
        retryable: true,
        status: 503,
      });
    }
  });

  it('joins WebSockets with a gateway that is up, and spreads them', async () => {
    const gateways = await Promise.all([serve(() => undefined), serve(() => undefined)]);
    for (const { server, name } of gateways) {
      new WebSocketServer({ server }).on('connection', (socket) => {
        socket.on('message', (text: Buffer) => socket.send(`${name} heard ${text.toString()}`));
      });
    }
    const port = await open([], gateways);
    const heard = await Promise.all(
      ['/ws', '/socket.io/?EIO=4'].map((path) => echo(`ws://127.0.0.1:${port}${path}`)),
    );
    expect(heard.sort()).toEqual(gateways.map(({ name }) => `${name} heard hello`).sort());
  });

  it.each([
    ['no gateway is up', '/ws', [] as Target[], 503],
    ['the gateway is gone', '/ws', [{ name: 'gone', port: 1 }], 503],
    ['the path has no sockets', '/v1/x', [] as Target[], 404],
  ])('refuses an upgrade cleanly when %s', async (_, path, gateways, status) => {
    const port = await open([], gateways);
    const answer = await rawUpgrade(port, path);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain('"retryable":');
  });

  it("passes a gateway's refusal of an upgrade on", async () => {
    const gateway = await serve(() => undefined);
    gateway.server.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 401 Unauthorized\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
    );
    const port = await open([], [gateway]);
    expect(await rawUpgrade(port, '/ws')).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n[^]*\r\n\r\nno$/);
  });

  it('survives clients that vanish', async () => {
    const gateway = await serve((_, response) => void response.write('x'));
    new WebSocketServer({ server: gateway.server });
    const port = await open([gateway], [gateway]);
    for (const head of [
      'GET /v1/x HTTP/1.1\r\nhost: x\r\n\r\n',
      upgradeHead('/ws'),
      'POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nab',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.write(head);
      await new Promise((resolve) => socket.once('data', resolve));
      socket.resetAndDestroy();
    }
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
  });
});

function echo(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('error', reject);
    socket.on('open', () => socket.send('hello'));
    socket.on('message', (text: Buffer) => {
      socket.close();
      resolve(text.toString());
    });
  });
}

function upgradeHead(path: string): string {
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13';
  return `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n${key}\r\n\r\n`;
}

/** Everything that comes back until the connection closes. */
function rawUpgrade(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(upgradeHead(path)));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
