import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

interface Received {
  id?: unknown;
  ok?: boolean;
  type?: string;
  data?: { seq?: number; message?: unknown; userId?: string };
  error?: { code: string };
}

describe('/ws', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
  });
  afterAll(() => gateways.stop());

  async function open(): Promise<{ socket: WebSocket; received: Received[]; say: (frame: unknown) => void }> {
    const socket = new WebSocket(`${gateways.url().replace('http', 'ws')}/ws`);
    const received: Received[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as Received));
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return {
      socket,
      received,
      say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    };
  }

  async function authenticated(userId: string): ReturnType<typeof open> {
    const line = await open();
    line.say({ id: 'a', type: 'auth', data: { token: await gateways.token(userId) } });
    await waitFor(() => line.received.some(({ type }) => type === 'ready'));
    return line;
  }

  it('authenticates by the first frame, then is ready', async () => {
    const { received } = await authenticated('ann');
    expect(received).toMatchObject([
      { id: 'a', ok: true, data: { userId: 'ann' } },
      { type: 'ready', data: { userId: 'ann' } },
    ]);
  });

  it.each([
    [{ id: 1, type: 'auth', data: { token: 'garbage' } }, 'token.invalid'],
    [{ id: 1, type: 'auth' }, 'token.missing'],
    [{ id: 1, type: 'auth', data: null }, 'token.missing'],
    [{ id: 1, type: 'ping' }, 'token.missing'],
  ])('refuses %j and closes for good', async (frame, code) => {
    const { socket, received, say } = await open();
    const closed = once(socket, 'close');
    say(frame);
    expect((await closed)[0]).toBe(4500);
    expect(received).toMatchObject([{ id: 1, ok: false, error: { code } }]);
  });

  it('carries the same requests and events as Socket.IO', async () => {
    const conversationId = await gateways.conversation('carl', 'dave');
    const carl = await authenticated('carl');
    const dave = await gateways.connect('dave');
    carl.say({
      id: 7,
      type: 'message.send',
      data: { conversationId, clientMessageId: randomUUID(), text: 'plain' },
    });
    await waitFor(() => dave.seqs(conversationId).length === 1);
    await dave.send(conversationId, 'framed');
    await waitFor(() => carl.received.filter(({ type }) => type === 'message.created').length === 2);
    expect(carl.received).toContainEqual(expect.objectContaining({ id: 7, ok: true }));
    const own = carl.received.filter(({ type }) => type === 'message.created').map(({ data }) => data);
    expect(own).toEqual(dave.timeline(conversationId));
  });

  it.each(['', 'garbage', '[]', 'null', '7', '{"id":', '['.repeat(20_000)])(
    'answers %j and stays',
    async (text) => {
      const { received, say } = await authenticated('ann');
      say(text);
      say({ id: 'after', type: 'ping' });
      await waitFor(() => received.some(({ id }) => id === 'after'));
      expect(received).toContainEqual({
        id: null,
        ok: false,
        error: expect.objectContaining({ code: 'request.malformed' }) as object,
      });
    },
  );

  it.each([
    [{ id: 'x', type: 'nothing' }, 'request.unknown'],
    [{ id: 'x', type: 5 }, 'request.unknown'],
    [{ id: 'x' }, 'request.unknown'],
    [{ id: 'x', type: 'auth', data: {} }, 'request.unknown'],
    [{ id: 'x', type: 'message.send', data: [] }, 'request.invalid'],
  ])('answers %j with a code', async (frame, code) => {
    const { received, say } = await authenticated('ann');
    say(frame);
    await waitFor(() => received.some(({ id }) => id === 'x'));
    expect(received).toContainEqual({
      id: 'x',
      ok: false,
      error: expect.objectContaining({ code }) as object,
    });
  });

  it('closes on binary and on frames that are too large (S6)', async () => {
    for (const [data, code] of [
      [Buffer.from('{}'), 1003],
      ['x'.repeat(70_000), 1009],
    ] as const) {
      const { socket } = await authenticated('ann');
      const closed = once(socket, 'close');
      socket.send(data);
      expect((await closed)[0]).toBe(code);
    }
  });
});
