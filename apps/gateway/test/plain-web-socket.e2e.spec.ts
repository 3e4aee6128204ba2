import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { waitFor } from '@parley/testing';
import { PlainLine } from './plain-line';
import { RunningGateways } from './running-gateways';

describe('/ws', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
  });
  afterAll(() => gateways.stop());

  const open = (): Promise<PlainLine> => PlainLine.open(gateways.url());

  async function authenticated(userId: string): Promise<PlainLine> {
    return PlainLine.authenticated(gateways.url(), await gateways.token(userId));
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
    const line = await open();
    const { socket, received } = line;
    const closed = once(socket, 'close');
    line.say(frame);
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
      const line = await authenticated('ann');
      line.say(text);
      line.say({ id: 'after', type: 'ping' });
      await waitFor(() => line.received.some(({ id }) => id === 'after'));
      expect(line.received).toContainEqual({
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
    const line = await authenticated('ann');
    line.say(frame);
    await waitFor(() => line.received.some(({ id }) => id === 'x'));
    expect(line.received).toContainEqual({
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
