import type { MessageSendInput } from '@parley/contracts/wire';
import { FakeServer } from '../../test/fake-server';
import { RecordingClient, until, watch } from '../../test/recording-client';
import { ParleyError } from '../parley-error';

const unlimited = { burst: 10_000, perSecond: 10_000 };

async function connected(options = {}) {
  const server = new FakeServer();
  server.open('c1');
  server.open('c2');
  const recording = new RecordingClient(server, { pace: unlimited, ...options });
  recording.client.connect();
  await until(() => recording.client.state === 'live');
  return { server, ...recording, client: recording.client, recording };
}

const sends = (server: FakeServer) =>
  server.requests.filter(({ name }) => name === 'message.send').map(({ input }) => input as MessageSendInput);

describe('sending', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('resolves with what the server stored', async () => {
    const { client } = await connected();
    const sent = watch(client.send('c1', { text: 'hello' }));
    expect(client.pending).toBe(1);
    await until(() => sent.value !== undefined);
    expect(sent.value).toMatchObject({ duplicate: false, message: { text: 'hello', seq: 1 } });
    expect(sent.value?.message.clientMessageId).toMatch(/^[A-Za-z0-9._:-]{8,64}$/);
    expect(client.pending).toBe(0);
    client.close();
  });

  it('keeps what is sent before the connection, and while there is none', async () => {
    const { client, server, recording } = await connected();
    server.cut();
    const sent = watch(client.send('c1', { text: 'later' }));
    await until(() => sent.value !== undefined);
    expect(recording.states).toContain('reconnecting');
    expect(sends(server)).toHaveLength(1);
    client.close();
  });

  it('repeats with the same key when no answer came, and makes no second message (I1, I3)', async () => {
    const { client, server, recording } = await connected();
    let unanswered = 2;
    server.fateOfRequest = (name) =>
      name === 'message.send' && (unanswered -= 1) >= 0 ? 'unanswered' : 'answer';
    const sent = watch(client.send('c1', { text: 'once' }));
    await until(() => sent.value !== undefined);
    expect(sent.value).toMatchObject({ duplicate: true, message: { seq: 1 } });
    expect(new Set(sends(server).map(({ clientMessageId }) => clientMessageId)).size).toBe(1);
    expect(recording.seqsOf('c1')).toEqual([1]);
    client.close();
  });

  it('repeats over a connection that was cut before the answer (F9)', async () => {
    const { client, server } = await connected();
    const sent = watch(client.send('c1', { text: 'cut' }));
    await jest.advanceTimersByTimeAsync(1);
    server.cut();
    await until(() => sent.value !== undefined);
    expect(sent.value?.duplicate).toBe(true);
    client.close();
  });

  it('rejects at once what the server definitely refuses, and goes on with the next', async () => {
    const { client, server } = await connected();
    const refusal = new ParleyError({ code: 'conversation.closed', message: 'closed', retryable: false });
    server.fateOfRequest = (name, input) =>
      name === 'message.send' && (input as MessageSendInput).text === 'bad' ? refusal : 'answer';
    const bad = watch(client.send('c1', { text: 'bad' }));
    const good = watch(client.send('c1', { text: 'good' }));
    await until(() => good.value !== undefined);
    expect(bad.error).toBe(refusal);
    expect(sends(server)).toHaveLength(2);
    client.close();
  });

  it('keeps the order of a conversation through retries, while others go on (I5)', async () => {
    const { client, server } = await connected();
    const busy = new ParleyError({ code: 'conversation.busy', message: 'busy', retryable: true });
    let refusals = 3;
    server.fateOfRequest = (name, input) =>
      name === 'message.send' && (input as MessageSendInput).conversationId === 'c1' && (refusals -= 1) >= 0
        ? busy
        : 'answer';
    const texts = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const slow = texts.map((text) => watch(client.send('c1', { text })));
    const other = watch(client.send('c2', { text: 'other' }));
    await until(() => other.value !== undefined, 100);
    await until(() => slow.every((sent) => sent.value !== undefined));
    expect(slow.map((sent) => sent.value?.message.seq)).toEqual(texts.map((_, n) => n + 1));
    client.close();
  });

  it('waits as long as a limit says, in all conversations', async () => {
    const { client, server } = await connected();
    const limited = new ParleyError({
      code: 'rate_limit.exceeded',
      message: 'slow down',
      retryable: true,
      retryAfterMs: 5_000,
    });
    let refusals = 1;
    server.fateOfRequest = (name) => (name === 'message.send' && (refusals -= 1) >= 0 ? limited : 'answer');
    const first = watch(client.send('c1', { text: 'one' }));
    await jest.advanceTimersByTimeAsync(100);
    const second = watch(client.send('c2', { text: 'two' }));
    await jest.advanceTimersByTimeAsync(4_800);
    expect(sends(server)).toHaveLength(1);
    await until(() => first.value !== undefined && second.value !== undefined);
    client.close();
  });

  it('waits in a conversation as long as its slow mode says, while others go on', async () => {
    const { client, server } = await connected();
    const slow = new ParleyError({
      code: 'message.slow_mode',
      message: 'slow mode',
      retryable: true,
      retryAfterMs: 5_000,
    });
    let refusals = 1;
    server.fateOfRequest = (name) => (name === 'message.send' && (refusals -= 1) >= 0 ? slow : 'answer');
    const first = watch(client.send('c1', { text: 'one' }));
    await jest.advanceTimersByTimeAsync(100);
    const other = watch(client.send('c2', { text: 'two' }));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(other.value).toBeDefined();
    expect(first.value).toBeUndefined();
    await jest.advanceTimersByTimeAsync(3_500);
    expect(sends(server)).toHaveLength(2);
    await until(() => first.value !== undefined);
    client.close();
  });

  it.each(['message.posting_denied', 'user.blocked'] as const)('gives up at %s', async (code) => {
    const { client, server } = await connected();
    server.fateOfRequest = (name) =>
      name === 'message.send' ? new ParleyError({ code, message: 'no', retryable: false }) : 'answer';
    const refused = watch(client.send('c1', { text: 'no' }));
    await until(() => refused.error !== undefined);
    expect(refused.error).toMatchObject({ code });
    expect(sends(server)).toHaveLength(1);
    client.close();
  });

  it('paces what waited for the connection (F27)', async () => {
    const { client, server } = await connected({ pace: { burst: 20, perSecond: 10 } });
    server.cut();
    const sent = Array.from({ length: 100 }, (_, n) =>
      watch(client.send(n % 2 ? 'c1' : 'c2', { text: `m${n}` })),
    );
    await until(() => client.state === 'live');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sends(server).length).toBeLessThanOrEqual(32);
    await until(() => sent.every(({ value }) => value !== undefined));
    client.close();
  });

  it('keeps a message whose token was refused, and sends it with a new one', async () => {
    const { client, server } = await connected({ token: () => Promise.resolve('token') });
    const expired = new ParleyError({ code: 'token.expired', message: 'expired', retryable: false });
    let refusals = 1;
    server.fateOfRequest = (name) => (name === 'message.send' && (refusals -= 1) >= 0 ? expired : 'answer');
    const sent = watch(client.send('c1', { text: 'kept' }));
    await until(() => sent.value !== undefined);
    expect(server.tokens).toHaveLength(2);
    client.close();
  });

  it('rejects what has no answer when the app closes the client', async () => {
    const { client, server } = await connected();
    server.fateOfRequest = () => 'unanswered';
    const sent = watch(client.send('c1', { text: 'open' }));
    client.close();
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.error).toMatchObject({ code: 'client.closed', retryable: true });
  });
});
