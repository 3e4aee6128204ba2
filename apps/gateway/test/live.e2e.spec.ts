import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredEvent } from '@parley/contracts/wire';
import { Bus } from '@parley/platform/realtime';
import { waitFor } from '@parley/testing';
import { LiveDelivery } from '../src/live/live-delivery';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

describe('live delivery over two gateways', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
    await busConnected();
  });
  afterAll(() => gateways.stop());

  /** The subscriptions are there some time after the start. */
  async function busConnected(): Promise<void> {
    const conversationId = await gateways.conversation('probe-a', 'probe-b');
    const a = await gateways.connect('probe-a', 0);
    const b = await gateways.connect('probe-b', 1);
    await waitFor(
      async () => {
        await a.send(conversationId, 'probe');
        await b.send(conversationId, 'probe');
        await delay(20);
        return a.seqs(conversationId).includes(2) && b.seqs(conversationId).includes(1);
      },
      { timeoutMs: 10_000 },
    );
  }

  function range(from: number, to: number): number[] {
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }

  function texts(socket: TestSocket, conversationId: string): string[] {
    return socket
      .timeline(conversationId)
      .map((event) =>
        event.type === 'message.created'
          ? (event as StoredEvent & { data: { text: string } }).data.text
          : event.type,
      );
  }

  it('brings a message sent on one gateway to members on the other, and to nobody else', async () => {
    const conversationId = await gateways.conversation('ann', 'bob');
    const ann = await gateways.connect('ann', 0);
    const bob = await gateways.connect('bob', 1);
    const eve = await gateways.connect('eve', 1);
    await ann.send(conversationId, 'hello bob');
    await bob.send(conversationId, 'hello ann');
    await waitFor(() => ann.seqs(conversationId).length === 2 && bob.seqs(conversationId).length === 2);
    expect(texts(ann, conversationId)).toEqual(['hello bob', 'hello ann']);
    expect(texts(bob, conversationId)).toEqual(['hello bob', 'hello ann']);
    expect(eve.events.map(({ name }) => name)).toEqual(['ready']);
  });

  it('keeps one order on every device while many write at once (I2)', async () => {
    const writers = ['w1', 'w2', 'w3', 'w4'];
    const conversationId = await gateways.conversation(...writers);
    const sockets = await Promise.all(
      [...writers, ...writers].map((userId, index) => gateways.connect(userId, index % 2)),
    );
    const sends = sockets.flatMap((socket) =>
      Array.from({ length: 25 }, (_, index) => socket.send(conversationId, `${index}`)),
    );
    const answers = await Promise.all(sends);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    await waitFor(() => sockets.every((socket) => socket.seqs(conversationId).length === 200), {
      timeoutMs: 10_000,
    });
    for (const socket of sockets) expect(socket.seqs(conversationId)).toEqual(range(1, 200));
  });

  it('lets a user in who joins while connected, with its own joining first', async () => {
    const conversationId = await gateways.conversation('owner');
    const owner = await gateways.connect('owner', 0);
    const guests = [await gateways.connect('guest', 0), await gateways.connect('guest', 1)];
    await owner.send(conversationId, 'before');
    await owner.ask('participant.add', { conversationId, participants: [{ userId: 'guest' }] });
    await owner.send(conversationId, 'after');
    await waitFor(() => guests.every((guest) => guest.seqs(conversationId).length === 2));
    for (const guest of guests) {
      expect(guest.seqs(conversationId)).toEqual([2, 3]);
      expect(texts(guest, conversationId)).toEqual(['participant.joined', 'after']);
    }
    expect(owner.seqs(conversationId)).toEqual([1, 2, 3]);
  });

  it('gives a removed member its removal and nothing after it, on every gateway (S5)', async () => {
    const conversationId = await gateways.conversation('boss', 'gone');
    const elsewhere = await gateways.conversation('boss', 'gone');
    const boss = await gateways.connect('boss', 0);
    const gone = [await gateways.connect('gone', 0), await gateways.connect('gone', 1)];
    await boss.send(conversationId, 'one');
    const removal = await boss.ask('participant.remove', { conversationId, userId: 'gone' });
    expect(removal).toMatchObject({ ok: true, data: { participant: { userId: 'gone', leftSeq: 2 } } });
    await boss.send(conversationId, 'secret');
    await boss.send(elsewhere, 'still here');
    await waitFor(() => gone.every((socket) => socket.seqs(elsewhere).length === 1));
    for (const socket of gone) {
      expect(texts(socket, conversationId)).toEqual(['one', 'participant.left']);
      expect(await socket.send(conversationId, 'let me in')).toMatchObject({
        error: { code: 'conversation.not_found' },
      });
    }
    await boss.ask('participant.add', { conversationId, participants: [{ userId: 'gone' }] });
    await boss.send(conversationId, 'welcome back');
    await waitFor(() => gone.every((socket) => socket.seqs(conversationId).length === 4));
    for (const socket of gone) expect(socket.seqs(conversationId)).toEqual([1, 2, 4, 5]);
  });

  it('keeps the order in a room of many, and gives who is removed all that came before (I2, S5)', async () => {
    const members = Array.from({ length: 120 }, (_, index) => `crowd-${index}`);
    const conversationId = await gateways.conversation(...members);
    const sockets = await Promise.all(members.map((userId, index) => gateways.connect(userId, index % 2)));
    const [boss, gone, ...others] = sockets;
    if (boss === undefined || gone === undefined) throw new RangeError('nobody is there');
    const many = (text: string): Promise<unknown>[] =>
      range(1, 30).map(() => boss.send(conversationId, text));
    const before = many('before');
    const removal = boss.ask('participant.remove', { conversationId, userId: 'crowd-1' });
    await Promise.all([...before, removal, ...many('after')]);
    await waitFor(() => [boss, ...others].every((socket) => socket.seqs(conversationId).length === 61), {
      timeoutMs: 10_000,
    });
    for (const socket of [boss, ...others]) expect(socket.seqs(conversationId)).toEqual(range(1, 61));
    const removedAt = texts(boss, conversationId).indexOf('participant.left') + 1;
    await waitFor(() => gone.seqs(conversationId).length >= removedAt);
    expect(gone.seqs(conversationId)).toEqual(range(1, removedAt));
  }, 30_000);

  it('joins what heads and sync give and what arrives live without a gap (I6)', async () => {
    const conversationId = await gateways.conversation('steady', 'late');
    const steady = await gateways.connect('steady', 0);
    let sending = true;
    const sends = (async () => {
      let sent = 0;
      while (sending) {
        await steady.send(conversationId, `${sent}`);
        sent += 1;
      }
      return sent;
    })();
    const sockets = await Promise.all(range(0, 9).map((index) => gateways.connect('late', index % 2)));
    const heads = await Promise.all(sockets.map((socket) => socket.ask('heads')));
    await delay(50);
    sending = false;
    const sent = await sends;
    for (const [index, socket] of sockets.entries()) {
      const { data } = heads[index] as unknown as {
        data: { heads: { conversationId: string; lastSeq: number }[] };
      };
      const head = data.heads.find((each) => each.conversationId === conversationId)?.lastSeq ?? 0;
      await waitFor(() => socket.seqs(conversationId).at(-1) === sent || head === sent);
      const live = socket.seqs(conversationId);
      expect(live).toEqual(live.length === 0 ? [] : range(live[0] ?? 0, sent));
      expect(live[0] ?? sent).toBeLessThanOrEqual(head + 1);
    }
  });

  it('finds what the bus lost as soon as something later arrives (F21)', async () => {
    const conversationId = await gateways.conversation('lossy', 'reader');
    const lossy = await gateways.connect('lossy', 0);
    const reader = await gateways.connect('reader', 1);
    const bus = gateways.service(Bus);
    const publish = jest.spyOn(bus, 'publish').mockImplementation(() => undefined);
    for (const text of ['1', '2', '3']) await lossy.send(conversationId, text);
    publish.mockRestore();
    expect(reader.seqs(conversationId)).toEqual([]);
    await lossy.send(conversationId, '4');
    await waitFor(() => reader.seqs(conversationId).length === 4);
    expect(texts(reader, conversationId)).toEqual(['1', '2', '3', '4']);
  });

  it('brings an event for users to all of their devices', async () => {
    const sockets = [await gateways.connect('dora', 0), await gateways.connect('dora', 1)];
    const event = {
      tenantId: gateways.tenantId,
      userIds: ['dora'],
      type: 'conversation.created',
      json: '{"x":1}',
    };
    gateways.service(Bus).publishToUsers(event);
    gateways.service(LiveDelivery).userEvent(event);
    await waitFor(() => sockets.every((socket) => socket.named('conversation.created').length === 1));
  });

  it('carries text of any script unchanged, framed once for all', async () => {
    const conversationId = await gateways.conversation('uma', 'vic');
    const uma = await gateways.connect('uma', 0);
    const vic = await gateways.connect('vic', 1);
    const long = `👍 ünï "quotes" \u2028 ${'日本'.repeat(2_000)}`;
    expect(await uma.send(conversationId, long)).toMatchObject({ ok: true });
    await waitFor(() => uma.seqs(conversationId).length === 1 && vic.seqs(conversationId).length === 1);
    expect(texts(uma, conversationId)).toEqual([long]);
    expect(texts(vic, conversationId)).toEqual([long]);
  });

  it('tells its clients to move before it ends, answers what it has, and closes with a code that says retry', async () => {
    const { app } = await gateways.add({ DRAIN_MS: '300' });
    const index = gateways.gateways.length - 1;
    const conversationId = await gateways.conversation('mover');
    const socket = await gateways.connect('mover', index);
    const answer = socket.send(conversationId, 'last words', randomUUID());
    const closed = app.close();
    expect(await answer).toMatchObject({ ok: true });
    await waitFor(() => socket.closeCode !== undefined);
    await closed;
    gateways.gateways.pop();
    expect(socket.named('drain')).toMatchObject([{ afterMs: expect.any(Number) as number }]);
    expect(socket.closeCode).toBe(4000);
  });
});
