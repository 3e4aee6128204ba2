import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

describe('the handshake', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1, { CORS_ORIGIN: 'https://app.example.com' });
  });
  afterAll(() => gateways.stop());

  it('lets a good token in and says so first', async () => {
    const socket = await gateways.connect('ann');
    expect(socket.events[0]).toMatchObject({
      name: 'ready',
      payload: { userId: 'ann', epoch: expect.any(String) as string, limits: { frameMaxBytes: 65_536 } },
    });
  });

  it.each([
    ['no token', {}, 'token.missing'],
    ['a token that is no text', { token: { $gt: '' } }, 'token.missing'],
    ['garbage', { token: 'garbage' }, 'token.invalid'],
    ['a token that is too long', { token: 'x'.repeat(20_000) }, 'token.invalid'],
  ])('refuses %s with a code', async (_, auth, code) => {
    const socket = gateways.open(auth);
    await waitFor(() => socket.refused);
    expect(socket.refused).toMatchObject({ code, retryable: false, message: expect.any(String) as string });
  });

  it('ends a connection when its token expires', async () => {
    const socket = gateways.open({ token: await gateways.token('ann', 1) });
    await waitFor(() => socket.closeCode !== undefined, { timeoutMs: 8_000 });
    expect(socket.closeCode).toBe(4501);
  });

  /** Status of the answer to a WebSocket handshake: 101 when it is let in. */
  async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
    const socket = new WebSocket(`${gateways.url().replace('http', 'ws')}${path}`, { headers });
    socket.on('error', () => undefined);
    return Promise.race([
      once(socket, 'open').then(() => {
        socket.terminate();
        return 101;
      }),
      once(socket, 'unexpected-response').then(
        ([, response]) => (response as { statusCode: number }).statusCode,
      ),
    ]);
  }

  describe.each(['/socket.io/?EIO=4&transport=websocket', '/ws?v=1'])('%s', (path) => {
    it.each([
      ['no origin: a native client', {}, 101],
      ['an allowed origin', { origin: 'https://app.example.com' }, 101],
      ['a foreign origin', { origin: 'https://evil.example' }, 403],
      ['the origin null', { origin: 'null' }, 403],
      ['an allowed one as a beginning', { origin: 'https://app.example.com.evil.io' }, 403],
      ['another scheme', { origin: 'http://app.example.com' }, 403],
      ['a cookie without an origin', { cookie: 'session=1' }, 403],
    ])('%s (S1)', async (_, headers, status) => {
      expect(await statusOf(path, headers as Record<string, string>)).toBe(status);
    });

    it.each(['token', 'access_token', 'auth[token]'])(
      'refuses %s in the address, and logs none (S2)',
      async (name) => {
        expect(await statusOf(`${path}&${name}=canary-7f3`)).toBe(401);
        expect(gateways.lines.join()).not.toContain('canary-7f3');
      },
    );
  });

  it('tells a polling client what to do', async () => {
    const response = await fetch(`${gateways.url()}/socket.io/?EIO=4&transport=polling`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("transports: ['websocket']");
  });

  it('ends a line on which nobody authenticates within 5 s (F36)', async () => {
    const silent = new WebSocket(`${gateways.url().replace('http', 'ws')}/ws`);
    const engine = new WebSocket(
      `${gateways.url().replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    );
    const closed = await Promise.all([once(silent, 'close'), once(engine, 'close')]);
    expect(closed[0][0]).toBe(4503);
  }, 10_000);

  it('survives an upgrade that breaks off', async () => {
    const socket = tcpConnect(Number(new URL(gateways.url()).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.destroy();
    await gateways.connect('ann');
  });
});
