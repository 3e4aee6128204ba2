import { FakeServer } from '../../test/fake-server';
import { RecordingClient, until } from '../../test/recording-client';

describe('connection of the client', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('goes from idle to live over authenticating and catching up', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server);
    expect(recording.client.state).toBe('idle');
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    expect(recording.states).toEqual(['connecting', 'authenticating', 'catchingUp', 'live']);
    expect(recording.client.userId).toBe('ada');
    recording.client.close();
    expect(recording.client.state).toBe('idle');
    expect(server.connected).toBe(false);
  });

  it('comes back by itself after a lost connection (F15)', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server);
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    server.cut();
    expect(recording.client.state).toBe('reconnecting');
    await until(() => recording.client.state === 'live');
    recording.client.close();
  });

  it('waits longer and longer, with full jitter, up to 30 s (F26)', async () => {
    const server = new FakeServer();
    server.refuse = { kind: 'lost', message: 'websocket error' };
    const recording = new RecordingClient(server, { random: () => 0.999_999 });
    recording.client.connect();
    const attempts: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      await jest.advanceTimersByTimeAsync(1_000);
      attempts.push(server.tokens.length);
    }
    // At 0, 1, 3, 7, 15, 31, 61 and 91 s, each with the few milliseconds of its handshake.
    expect([0, 2, 6, 14, 30, 60, 90, 119].map((second) => attempts[second])).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    recording.client.close();
  });

  it('does not come back fast when connections break right after they came', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server, { random: () => 0.999_999 });
    recording.client.connect();
    for (let round = 0; round < 6; round += 1) {
      await until(() => recording.client.state === 'live');
      server.cut();
    }
    await jest.advanceTimersByTimeAsync(29_000);
    expect(server.tokens).toHaveLength(6);
    recording.client.close();
  });

  it('stops for good when the server refuses a fixed token', async () => {
    const server = new FakeServer();
    server.refuse = { kind: 'refused', error: { code: 'token.invalid', message: 'no', retryable: false } };
    const recording = new RecordingClient(server);
    recording.client.connect();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(recording.client.state).toBe('failed');
    expect(server.tokens).toHaveLength(1);
  });

  it('asks for a new token when the old one was refused, once', async () => {
    const server = new FakeServer();
    let asked = 0;
    const token = () => Promise.resolve(`token-${(asked += 1)}`);
    server.refuse = { kind: 'refused', error: { code: 'token.expired', message: 'no', retryable: false } };
    const recording = new RecordingClient(server, { token });
    recording.client.connect();
    await until(() => recording.client.state === 'failed');
    expect(server.tokens).toEqual(['token-1', 'token-2']);

    server.refuse = undefined;
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    server.cut({ kind: 'lost', message: 'transport close', code: 4501 });
    await until(() => recording.client.state === 'live');
    expect(server.tokens.at(-1)).toBe('token-4');
    recording.client.close();
  });

  it.each([
    [4000, 'reconnecting'],
    [4001, 'reconnecting'],
    [1006, 'reconnecting'],
    [4503, 'failed'],
    [4599, 'failed'],
  ])('does what the close code %d says: %s', async (code, state) => {
    const server = new FakeServer();
    const recording = new RecordingClient(server, { token: () => Promise.resolve('token') });
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    server.cut({ kind: 'lost', message: 'transport close', code });
    expect(recording.client.state).toBe(state);
    recording.client.close();
  });

  it('tries again when the app cannot get a token', async () => {
    const server = new FakeServer();
    let asked = 0;
    const token = () => ((asked += 1) < 3 ? Promise.reject(new Error('offline')) : Promise.resolve('token'));
    const recording = new RecordingClient(server, { token });
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    expect(asked).toBe(3);
    recording.client.close();
  });

  it('gives up a handshake that never ends', async () => {
    const server = new FakeServer();
    server.latencyMs = 3_600_000;
    const recording = new RecordingClient(server);
    recording.client.connect();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(recording.client.state).toBe('reconnecting');
    server.latencyMs = 5;
    await until(() => recording.client.state === 'live');
    recording.client.close();
  });

  it('makes no attempt while the device is offline, and goes on when it is back', async () => {
    const server = new FakeServer();
    let online = false;
    let back = () => undefined as void;
    const network = {
      online: () => online,
      onOnline: (listener: () => void) => {
        back = listener;
        return () => undefined;
      },
    };
    const recording = new RecordingClient(server, { network });
    recording.client.connect();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(recording.client.state).toBe('offline');
    expect(server.tokens).toHaveLength(0);
    online = true;
    back();
    await until(() => recording.client.state === 'live', 2_000);
    recording.client.close();
  });

  it('changes over at the time that a drain gave it', async () => {
    const server = new FakeServer();
    const recording = new RecordingClient(server);
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    server.emit('drain', { afterMs: 2_000 });
    await jest.advanceTimersByTimeAsync(1_900);
    expect(recording.client.state).toBe('live');
    await jest.advanceTimersByTimeAsync(200);
    expect(recording.states).toContain('reconnecting');
    await until(() => recording.client.state === 'live');
    recording.client.close();
  });

  it('tells the last seqs of what moved every 30 s', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = new RecordingClient(server);
    recording.client.connect();
    await until(() => recording.client.state === 'live');
    server.append('c1');
    await jest.advanceTimersByTimeAsync(61_000);
    const pings = server.requests.filter(({ name }) => name === 'ping').map(({ input }) => input);
    expect(pings).toEqual([{ lastSeqs: { c1: 1 } }, { lastSeqs: {} }]);
    recording.client.close();
  });
});
