import type { PresenceView } from '@parley/contracts/wire';
import { FakeServer } from '../../test/fake-server';
import { RecordingClient, until } from '../../test/recording-client';

const conversationId = 'c1';
const typing = (userId: string, is = true) => ({
  conversationId,
  userId,
  typing: is,
  expiresAfterMs: is ? 3_000 : 0,
});

describe('what is live', () => {
  let server: FakeServer;
  let recording: RecordingClient;
  let typists: string[][];
  let presence: PresenceView[];

  beforeEach(async () => {
    jest.useFakeTimers();
    server = new FakeServer();
    server.open(conversationId);
    recording = new RecordingClient(server);
    typists = [];
    presence = [];
    recording.client.on('typing', ({ userIds }) => typists.push(userIds));
    recording.client.on('presence', (view) => presence.push(view));
    recording.client.connect();
    await until(() => recording.client.state === 'live');
  });
  afterEach(() => {
    recording.client.close();
    jest.useRealTimers();
  });

  const asked = (name: string): unknown[] =>
    server.requests.filter((request) => request.name === name).map(({ input }) => input);
  const again = async (): Promise<void> => {
    server.cut();
    await until(() => recording.client.state === 'live');
  };

  it('makes of keystrokes a start every two seconds, and a stop by itself', async () => {
    for (let key = 0; key < 50; key += 1) {
      recording.client.live.typing(conversationId);
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(asked('typing.start')).toHaveLength(3);
    expect(asked('typing.stop')).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(asked('typing.stop')).toEqual([{ conversationId }]);
  });

  it('stops when the message is sent, and does not start again too soon', async () => {
    recording.client.live.typing(conversationId);
    await recordingSend();
    expect(asked('typing.stop')).toHaveLength(1);
    recording.client.live.typing(conversationId);
    expect(asked('typing.start')).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2_000);
    recording.client.live.typing(conversationId);
    expect(asked('typing.start')).toHaveLength(2);
  });

  async function recordingSend(): Promise<void> {
    const sent = recording.client.send(conversationId, { text: 'x' });
    await jest.advanceTimersByTimeAsync(100);
    await sent;
  }

  it('tells who types, until they stop, send, or are heard no more', async () => {
    server.emit('typing.updated', typing('bo'));
    server.emit('typing.updated', typing('cy'));
    server.emit('typing.updated', typing('ada'));
    expect(recording.client.live.typistsOf(conversationId)).toEqual(['bo', 'cy']);
    server.emit('typing.updated', typing('bo', false));
    await jest.advanceTimersByTimeAsync(2_000);
    server.emit('typing.updated', typing('cy'));
    server.emit('typing.updated', typing('di'));
    await jest.advanceTimersByTimeAsync(2_000);
    server.append(conversationId, { data: { sender: 'di' } as never });
    await jest.advanceTimersByTimeAsync(900);
    expect(recording.client.live.typistsOf(conversationId)).toEqual(['cy']);
    await jest.advanceTimersByTimeAsync(200);
    expect(typists).toEqual([['bo'], ['bo', 'cy'], ['cy'], ['cy', 'di'], ['cy'], []]);
  });

  it('nobody types any longer when the connection is lost', () => {
    server.emit('typing.updated', typing('bo'));
    server.cut();
    expect(typists.at(-1)).toEqual([]);
  });

  it('opens and watches again after a reconnect, and is away again', async () => {
    recording.client.live.open(conversationId);
    recording.client.live.open('closed');
    recording.client.live.close('closed');
    recording.client.live.watch(['bo']);
    await Promise.all([recording.client.live.setPresence('away'), jest.advanceTimersByTimeAsync(100)]);
    expect(presence).toEqual([{ userId: 'bo', status: 'online', lastSeenAt: null }]);
    server.requests.length = 0;
    await again();
    await jest.advanceTimersByTimeAsync(100);
    expect(asked('conversation.open')).toEqual([{ conversationId }]);
    expect(asked('presence.watch')).toEqual([{ userIds: ['bo'] }]);
    expect(asked('presence.set')).toEqual([{ status: 'away' }]);
    server.emit('presence.updated', { userId: 'bo', status: 'offline', lastSeenAt: 'then' });
    expect(recording.client.live.presence('bo')).toEqual({
      userId: 'bo',
      status: 'offline',
      lastSeenAt: 'then',
    });
    expect(presence).toHaveLength(2);
  });
});

describe('a token that ends', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function token(seconds: number): string {
    const exp = Math.floor(Date.now() / 1_000) + seconds;
    return `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;
  }

  it('is replaced before its end on the live connection, again and again', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server, { token: () => Promise.resolve(token(100)) });
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    await jest.advanceTimersByTimeAsync(79_000);
    const refreshes = () => server.requests.filter(({ name }) => name === 'auth.refresh').length;
    expect(refreshes()).toBe(0);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(refreshes()).toBe(1);
    await jest.advanceTimersByTimeAsync(81_000);
    expect(refreshes()).toBe(2);
    expect(server.tokens).toHaveLength(1);
    recording.client.close();
    await jest.advanceTimersByTimeAsync(200_000);
    expect(refreshes()).toBe(2);
  });

  it('is left alone where the app has no other one', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server, { token: token(10) });
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.requests.some(({ name }) => name === 'auth.refresh')).toBe(false);
    recording.client.close();
  });
});
