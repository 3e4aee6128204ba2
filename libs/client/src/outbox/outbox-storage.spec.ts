import type { MessageSendInput } from '@parley/contracts/wire';
import { FakeServer } from '../../test/fake-server';
import { ProcessLife } from '../../test/process-life';
import { RecordingClient, until, watch } from '../../test/recording-client';
import { MemoryOutboxStorage, type MessageSettled } from '../index';
import { ParleyError } from '../parley-error';

const refusal = new ParleyError({ code: 'conversation.closed', message: 'closed', retryable: false });
const diskMs = 10;

/** A process with a disk that takes its time before and after each change. */
class App {
  readonly life: ProcessLife;
  readonly recording: RecordingClient;

  constructor(
    readonly server: FakeServer,
    readonly disk: MemoryOutboxStorage,
    waitMs = () => 0,
  ) {
    this.life = new ProcessLife(server, disk, waitMs);
    this.recording = new RecordingClient(this.life, { outbox: this.life });
  }

  get client(): RecordingClient['client'] {
    return this.recording.client;
  }

  get settled(): MessageSettled[] {
    return this.recording.toldOf('message.settled') as MessageSettled[];
  }

  async live(): Promise<this> {
    this.client.connect();
    await until(() => this.client.state === 'live');
    return this;
  }

  kill(): void {
    this.life.kill();
    this.client.close();
  }
}

function setUp() {
  const server = new FakeServer();
  server.open('c1');
  return { server, disk: new MemoryOutboxStorage() };
}

const sends = (server: FakeServer) =>
  server.requests.filter(({ name }) => name === 'message.send').map(({ input }) => input as MessageSendInput);

describe('what the outbox keeps', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sends after a restart what was typed offline, before what is new, and tells of it', async () => {
    const { server, disk } = setUp();
    const first = new App(server, disk);
    watch(first.client.send('c1', { text: 'one' }));
    watch(first.client.send('c1', { text: 'two' }));
    await jest.advanceTimersByTimeAsync(0);
    first.kill();

    const second = new App(server, disk);
    watch(second.client.send('c1', { text: 'three' }));
    await second.live();
    await until(() => second.settled.length === 3);
    expect(sends(server).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(second.settled[0]).toMatchObject({
      ok: true,
      input: { text: 'one' },
      result: { duplicate: false },
    });
    expect(await disk.load()).toEqual([]);
    second.kill();
  });

  it('sends nothing that is not kept yet', async () => {
    const { server, disk } = setUp();
    const app = await new App(server, disk, () => diskMs).live();
    watch(app.client.send('c1', { text: 'hello' }));
    await jest.advanceTimersByTimeAsync(diskMs - 1);
    app.kill();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sends(server)).toEqual([]);
    expect(await disk.load()).toEqual([]);
  });

  it('repeats after a restart with the same key what had no answer (I3)', async () => {
    const { server, disk } = setUp();
    server.fateOfRequest = (name) => (name === 'message.send' ? 'unanswered' : 'answer');
    const first = await new App(server, disk).live();
    watch(first.client.send('c1', { text: 'once' }));
    await until(() => server.keysOf('c1').length === 1);
    first.kill();
    server.fateOfRequest = () => 'answer';
    const second = await new App(server, disk).live();
    await until(() => second.settled.length === 1);
    expect(second.settled).toMatchObject([{ ok: true, result: { duplicate: true, message: { seq: 1 } } }]);
    second.kill();
  });

  it('never sends again what was told to be refused, though the process died before it was removed', async () => {
    const { server, disk } = setUp();
    server.fateOfRequest = (name) => (name === 'message.send' ? refusal : 'answer');
    const first = await new App(server, disk, () => diskMs).live();
    const sent = watch(first.client.send('c1', { text: 'no' }));
    await until(() => sent.error !== undefined);
    first.kill();
    expect(await disk.load()).toMatchObject([{ refusal: { code: 'conversation.closed' } }]);
    server.fateOfRequest = () => 'answer';
    const second = await new App(server, disk).live();
    await until(() => second.settled.length === 1);
    expect(second.settled).toMatchObject([{ ok: false, error: { code: 'conversation.closed' } }]);
    expect(sends(server)).toHaveLength(1);
    expect(await disk.load()).toEqual([]);
    second.kill();
  });

  it('goes on by itself when the app closes the client and connects again', async () => {
    const { server, disk } = setUp();
    const app = new App(server, disk);
    const sent = watch(app.client.send('c1', { text: 'later' }));
    await jest.advanceTimersByTimeAsync(0);
    app.client.close();
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.error).toMatchObject({ code: 'client.closed' });
    await app.live();
    await until(() => app.settled.length === 1);
    expect(server.keysOf('c1')).toHaveLength(1);
    app.kill();
  });

  it('rejects what cannot be kept, sends none of it, and goes on with the next', async () => {
    const { server, disk } = setUp();
    const app = await new App(server, disk).live();
    const put = jest.spyOn(disk, 'put').mockRejectedValueOnce(new Error('no space left'));
    const lost = watch(app.client.send('c1', { text: 'lost' }));
    const kept = watch(app.client.send('c1', { text: 'kept' }));
    await until(() => kept.value !== undefined);
    expect(lost.error).toMatchObject({ code: 'outbox.failed', message: 'The outbox failed: no space left' });
    expect(sends(server).map(({ text }) => text)).toEqual(['kept']);
    put.mockRestore();
    app.kill();
  });

  it('tells when it cannot be read, and tries again with the next message', async () => {
    const { server, disk } = setUp();
    const load = jest.spyOn(disk, 'load').mockRejectedValueOnce(new Error('unreadable'));
    const app = await new App(server, disk).live();
    expect(load).toHaveBeenCalled();
    const sent = watch(app.client.send('c1', { text: 'hello' }));
    await until(() => sent.value !== undefined);
    load.mockRejectedValueOnce(new Error('unreadable'));
    app.client.close();
    await expect(app.client.pendingMessages()).rejects.toMatchObject({ code: 'outbox.failed' });
    app.kill();
  });

  it('lists what waits, and whether it may have reached the server', async () => {
    const { server, disk } = setUp();
    const app = new App(server, disk);
    watch(app.client.send('c1', { text: 'hello' }));
    const waiting = async () => (await app.client.pendingMessages()).map((each) => each.attempted);
    expect(await waiting()).toEqual([false]);
    server.fateOfRequest = (name) => (name === 'message.send' ? 'unheard' : 'answer');
    await app.live();
    await until(() => sends(server).length === 1);
    expect(await waiting()).toEqual([true]);
    app.kill();
  });
});

describe('cancelling', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('takes back what was never tried, also after a restart, and for good', async () => {
    const { server, disk } = setUp();
    const first = new App(server, disk);
    watch(first.client.send('c1', { text: 'not this', clientMessageId: 'message.1' }));
    watch(first.client.send('c1', { text: 'this', clientMessageId: 'message.2' }));
    await jest.advanceTimersByTimeAsync(0);
    first.kill();
    const second = new App(server, disk);
    expect(await second.client.cancel('c1', 'message.1')).toBe(true);
    await second.live();
    await until(() => second.settled.length === 2);
    expect(server.keysOf('c1')).toEqual(['message.2']);
    expect(second.settled[0]).toMatchObject({ ok: false, error: { code: 'message.cancelled' } });
    expect(await second.client.cancel('c1', 'message.1')).toBe(false);
    second.kill();
  });

  it('rejects the promise of the message', async () => {
    const { server, disk } = setUp();
    const app = new App(server, disk);
    const sent = watch(app.client.send('c1', { text: 'no', clientMessageId: 'message.1' }));
    // At once, before the disk has it.
    expect(await app.client.cancel('c1', 'message.1')).toBe(true);
    expect(sent.error).toMatchObject({ code: 'message.cancelled', retryable: false });
    expect(app.client.pending).toBe(0);
    expect(await disk.load()).toEqual([]);
    app.kill();
  });

  it('leaves what was tried, also by an earlier process', async () => {
    const { server, disk } = setUp();
    server.fateOfRequest = (name) => (name === 'message.send' ? 'unheard' : 'answer');
    const first = new App(server, disk);
    watch(first.client.send('c1', { text: 'sent', clientMessageId: 'message.1' }));
    await first.live();
    await until(() => sends(server).length === 1);
    expect(await first.client.cancel('c1', 'message.1')).toBe(false);
    first.kill();
    const second = new App(server, disk);
    expect(await second.client.cancel('c1', 'message.1')).toBe(false);
    second.kill();
  });

  it('sends the message after all when it could not be removed', async () => {
    const { server, disk } = setUp();
    const app = new App(server, disk);
    watch(app.client.send('c1', { text: 'stays', clientMessageId: 'message.1' }));
    jest.spyOn(disk, 'remove').mockRejectedValueOnce(new Error('no'));
    await expect(app.client.cancel('c1', 'message.1')).rejects.toMatchObject({ code: 'outbox.failed' });
    await app.live();
    await until(() => app.settled.length === 1);
    expect(server.keysOf('c1')).toEqual(['message.1']);
    app.kill();
  });
});
