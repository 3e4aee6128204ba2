import fc from 'fast-check';
import { FakeServer } from '../../test/fake-server';
import { RecordingClient, until } from '../../test/recording-client';
import { ParleyError } from '../parley-error';

const busy = new ParleyError({ code: 'service.unavailable', message: 'busy', retryable: true });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function live(server: FakeServer, options = {}): Promise<RecordingClient> {
  const recording = new RecordingClient(server, options);
  recording.client.connect();
  await until(() => recording.client.state === 'live');
  return recording;
}

describe('timelines over a connection', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('starts a conversation that it does not know at its head', async () => {
    const server = new FakeServer();
    server.open('c1');
    for (let n = 0; n < 3; n += 1) server.append('c1');
    const recording = await live(server);
    server.append('c1');
    await until(() => recording.seqsOf('c1').length > 0);
    expect(recording.seqsOf('c1')).toEqual([4]);
    expect(recording.toldOf('conversation.joined')).toEqual([{ conversationId: 'c1', seq: 3 }]);
    expect(recording.client.cursors()).toEqual({ epoch: 'epoch-1', seqs: { c1: 4 } });
    recording.client.close();
  });

  it('gives everything that the user may see when asked for the first', async () => {
    const server = new FakeServer();
    server.open('c1', { visibleFrom: 4 });
    for (let n = 0; n < 9; n += 1) server.append('c1');
    const recording = await live(server, { from: 'first' });
    expect(recording.seqsOf('c1')).toEqual(range(4, 9));
    expect(recording.toldOf('gap')).toEqual([]);
    recording.client.close();
  });

  it('goes on at the cursors of an earlier client, over pages of heads and of sync', async () => {
    const server = new FakeServer();
    server.headsPage = 100;
    server.syncMax = 50;
    const ids = range(1, 450).map((n) => `c${n}`);
    for (const id of ids) {
      server.open(id);
      server.append(id);
      server.append(id);
    }
    const seqs = Object.fromEntries(ids.map((id) => [id, 1]));
    const recording = await live(server, { cursors: { epoch: 'epoch-1', seqs } });
    expect(ids.every((id) => recording.seqsOf(id).join() === '2')).toBe(true);
    recording.client.close();
  });

  it('applies what it missed before what arrives meanwhile, and is live after both (I6)', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.cut();
    for (let n = 0; n < 5; n += 1) server.append('c1');
    server.fateOfRequest = (name) => {
      // While the answer is on its way, a live event comes in.
      if (name === 'sync') setTimeout(() => server.append('c1'), 2);
      return 'answer';
    };
    let seqsWhenLive: number[] = [];
    recording.client.on('state', ({ state }) => {
      if (state === 'live') seqsWhenLive = recording.seqsOf('c1');
    });
    await until(() => recording.client.state === 'live');
    expect(seqsWhenLive).toEqual(range(1, 6));
    recording.client.close();
  });

  it('waits 200–500 ms with a hole and then repairs it with one sync', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.fateOfEvent = (event) => (event.seq <= 3 ? [] : [1]);
    for (let n = 0; n < 6; n += 1) server.append('c1');
    const brokenAt = Date.now();
    await until(() => recording.seqsOf('c1').length === 6);
    expect(recording.seqsOf('c1')).toEqual(range(1, 6));
    const syncs = server.requests.filter(({ name }) => name === 'sync');
    expect(syncs).toHaveLength(1);
    expect((syncs[0]?.at ?? 0) - brokenAt).toBeGreaterThanOrEqual(200);
    expect((syncs[0]?.at ?? 0) - brokenAt).toBeLessThanOrEqual(502);
    recording.client.close();
  });

  it('asks again when the answer is older than the event that showed the hole', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.fateOfEvent = (event) => (event.seq === 4 ? [1] : []);
    for (let n = 0; n < 4; n += 1) server.append('c1');
    server.staleSync = 2;
    await until(() => recording.seqsOf('c1').length === 4);
    expect(server.requests.filter(({ name }) => name === 'sync')).toHaveLength(2);
    recording.client.close();
  });

  it('ends a conversation whose leaving came before the repair of a hole', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.fateOfEvent = (event) => (event.seq === 1 ? [] : [1]);
    server.append('c1');
    server.leave('c1');
    server.staleSync = 1;
    await until(() => recording.toldOf('conversation.left').length === 1);
    expect(recording.seqsOf('c1')).toEqual([1, 2]);
    recording.client.close();
  });

  it('finds after a reconnect that it was let in and out again while nobody told (I6)', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.append('c1');
    server.leave('c1');
    await until(() => recording.toldOf('conversation.left').length === 1);
    server.fateOfEvent = () => [];
    server.append('c1');
    server.leave('c1');
    server.cut();
    await until(() => recording.toldOf('conversation.left').length === 2);
    expect(recording.seqsOf('c1')).toEqual([1, 2, 3, 4]);
    server.cut();
    await until(() => recording.client.state !== 'live');
    await until(() => recording.client.state === 'live');
    expect(recording.toldOf('conversation.left')).toHaveLength(2);
    recording.client.close();
  });

  it('passes nothing over when a message is the first that shows that it was let in again (I6)', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server, { from: 'first' });
    server.append('c1');
    server.leave('c1');
    await until(() => recording.toldOf('conversation.left').length === 1);
    server.open('c2');
    server.fateOfEvent = () => [];
    for (const id of ['c1', 'c2']) for (let n = 0; n < 5; n += 1) server.append(id);
    server.comeBack('c1');
    server.fateOfEvent = () => [1];
    for (const id of ['c1', 'c2']) server.append(id);
    await until(() => recording.seqsOf('c1').length >= 8 && recording.seqsOf('c2').length >= 6);
    expect(recording.seqsOf('c1')).toEqual(range(1, 8));
    expect(recording.seqsOf('c2')).toEqual(range(1, 6));
    recording.client.close();
  });

  it('asks nothing when the missing event comes while it waits', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.fateOfEvent = (event) => (event.seq === 1 ? [100] : [1, 30]);
    for (let n = 0; n < 3; n += 1) server.append('c1');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(recording.seqsOf('c1')).toEqual([1, 2, 3]);
    expect(server.requests.filter(({ name }) => name === 'sync')).toHaveLength(0);
    recording.client.close();
  });

  it('finds a lost last event by the heads that the server sends', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.fateOfEvent = () => [];
    server.append('c1');
    server.emit('heads', { heads: [{ conversationId: 'c1', lastSeq: 1, visibleFrom: 1 }] });
    await until(() => recording.seqsOf('c1').length === 1);
    recording.client.close();
  });

  it('follows a conversation from the join on that names the user', async () => {
    const server = new FakeServer();
    const recording = await live(server);
    server.open('c9');
    server.append('c9', 'void');
    const participants = [{ userId: 'ada', role: 'member' as const, label: null, visibleFrom: 1 }];
    server.append('c9', { type: 'participant.joined', data: { participants } });
    server.append('c9');
    await until(() => recording.seqsOf('c9').length === 2);
    expect(recording.seqsOf('c9')).toEqual([2, 3]);
    recording.client.close();
  });

  it('ends a conversation with the leaving, and nothing late opens it again', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    const early = server.append('c1');
    server.leave('c1');
    await until(() => recording.toldOf('conversation.left').length === 1);
    server.emit(early.type, early);
    server.emit('heads', { heads: [{ conversationId: 'c1', lastSeq: 2, visibleFrom: 1 }] });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(recording.seqsOf('c1')).toEqual([1, 2]);
    expect(recording.toldOf('conversation.left')).toEqual([{ conversationId: 'c1', seq: 2 }]);
    expect(recording.client.cursors()?.seqs).toEqual({});
    recording.client.close();
  });

  it('learns that it was removed while it was away, and gets the events up to then', async () => {
    const server = new FakeServer();
    server.open('c1');
    const recording = await live(server);
    server.cut();
    server.append('c1');
    server.leave('c1');
    await until(() => recording.client.state === 'live');
    expect(recording.seqsOf('c1')).toEqual([1, 2]);
    expect(recording.toldOf('conversation.left')).toEqual([{ conversationId: 'c1', seq: 2 }]);
    recording.client.close();
  });

  it('tells the app of a gap and goes on behind it', async () => {
    const server = new FakeServer();
    server.open('c1', { visibleFrom: 5 });
    for (let n = 0; n < 6; n += 1) server.append('c1');
    const recording = await live(server, { cursors: { epoch: 'epoch-1', seqs: { c1: 1 } } });
    expect(recording.toldOf('gap')).toEqual([{ conversationId: 'c1', from: 2, to: 4, reason: 'history' }]);
    expect(recording.seqsOf('c1')).toEqual([5, 6]);
    recording.client.close();
  });

  it('drops its cursors in another epoch and starts over at the heads (F42)', async () => {
    const server = new FakeServer();
    server.open('c1');
    for (let n = 0; n < 9; n += 1) server.append('c1');
    const recording = await live(server);
    server.cut();
    server.epoch = 'epoch-2';
    server.open('c1');
    server.append('c1');
    await until(() => recording.client.state === 'live');
    server.append('c1');
    await until(() => recording.seqsOf('c1').length === 1);
    expect(recording.toldOf('reset')).toEqual([{ epoch: 'epoch-2' }]);
    expect(recording.seqsOf('c1')).toEqual([2]);
    recording.client.close();
  });

  it('learns of another epoch in the middle of a repair, and starts over (F42)', async () => {
    const server = new FakeServer();
    server.open('c1');
    server.append('c1');
    const recording = await live(server);
    server.epoch = 'epoch-2';
    server.emit('heads', { heads: [{ conversationId: 'c1', lastSeq: 5, visibleFrom: 1 }] });
    await until(() => recording.toldOf('reset').length === 1 && recording.client.state === 'live');
    expect(recording.client.cursors()).toEqual({ epoch: 'epoch-2', seqs: { c1: 1 } });
    server.append('c1');
    await until(() => recording.seqsOf('c1').length === 1);
    expect(recording.seqsOf('c1')).toEqual([2]);
    recording.client.close();
  });

  it('repeats heads and sync while the server is busy, and then changes the connection', async () => {
    const server = new FakeServer();
    server.open('c1');
    server.append('c1');
    let refusals = 8;
    server.fateOfRequest = (name) => (name === 'sync' && (refusals -= 1) >= 0 ? busy : 'answer');
    const recording = await live(server, { from: 'first' });
    expect(recording.seqsOf('c1')).toEqual([1]);
    expect(server.tokens).toHaveLength(2);
    recording.client.close();
  });

  it('gives exactly 1..N, once, in order, over losses, repeats, delays and cuts (I6, I7)', async () => {
    const fate = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 3 });
    const step = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ conversation: fc.constantFrom('c1', 'c2'), fate, hidden: fc.boolean() }),
      },
      { weight: 1, arbitrary: fc.constant('cut' as const) },
      { weight: 1, arbitrary: fc.constant('busy' as const) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 900 }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
        async (steps, syncMax, numbers) => {
          const random = () => Number(numbers.next().value);
          const server = new FakeServer();
          server.syncMax = syncMax;
          const expected: Record<string, number[]> = { c1: [], c2: [] };
          for (const id of ['c1', 'c2']) server.open(id);
          const recording = await live(server, { random });
          for (const each of steps) {
            if (each === 'cut') server.cut();
            else if (each === 'busy')
              server.fateOfRequest = (name) => (name === 'sync' && random() < 0.5 ? busy : 'answer');
            else if (typeof each === 'number') await jest.advanceTimersByTimeAsync(each);
            else {
              server.fateOfEvent = () => each.fate;
              const { seq } = server.append(each.conversation, each.hidden ? 'void' : {});
              if (!each.hidden) expected[each.conversation]?.push(seq);
            }
          }
          server.fateOfRequest = () => 'answer';
          server.fateOfEvent = () => [1];
          for (const id of ['c1', 'c2']) expected[id]?.push(server.append(id).seq);
          const done = () => recording.client.state === 'live' && server.connected;
          await until(
            () => done() && ['c1', 'c2'].every((id) => recording.seqsOf(id).at(-1) === expected[id]?.at(-1)),
          );
          await jest.advanceTimersByTimeAsync(2_000);
          expect(Object.fromEntries(recording.seqs)).toEqual(expected);
          recording.client.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
