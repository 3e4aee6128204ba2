import { randomUUID } from 'node:crypto';
import type { HeadsResult, ReadState, ReadUpdatedData } from '@parley/contracts/wire';
import { waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

describe('read markers over two gateways', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
  });
  afterAll(() => gateways.stop());

  async function unreadOf(socket: TestSocket, conversationId: string): Promise<ReadState | undefined> {
    const ack = (await socket.ask('heads', {})) as unknown as { data: HeadsResult };
    return ack.data.heads.find((head) => head.conversationId === conversationId);
  }

  function markersAt(socket: TestSocket, conversationId: string): ReadUpdatedData[] {
    return socket
      .named('read.updated')
      .map((event) => (event as { data: ReadUpdatedData }).data)
      .filter((data) => data.conversationId === conversationId);
  }

  it('reading on one device clears the other, and tells others how far', async () => {
    const conversationId = await gateways.conversation('ann', 'bob');
    const ann = await gateways.connect('ann', 0);
    const [phone, laptop] = [await gateways.connect('bob', 0), await gateways.connect('bob', 1)];
    for (const text of ['one', 'two', 'three']) await ann.send(conversationId, text);
    expect(await unreadOf(phone, conversationId)).toMatchObject({ unread: 3, readSeq: 0 });
    const state = { conversationId, readSeq: 2, unreadFromSeq: null, unread: 1, mentions: 0, lastSeq: 3 };
    expect(await phone.ask('read.mark', { conversationId, seq: 2 })).toEqual({ ok: true, data: state });
    await waitFor(() => markersAt(laptop, conversationId).length === 1);
    await waitFor(() => markersAt(ann, conversationId).length === 1);
    expect(markersAt(phone, conversationId)).toEqual(markersAt(laptop, conversationId));
    expect(markersAt(laptop, conversationId)).toEqual([{ conversationId, userId: 'bob', readSeq: 2, state }]);
    expect(markersAt(ann, conversationId)).toEqual([{ conversationId, userId: 'bob', readSeq: 2 }]);
    expect(await laptop.ask('read.mark', { conversationId })).toMatchObject({
      data: { readSeq: 3, unread: 0 },
    });
    expect(await unreadOf(phone, conversationId)).toMatchObject({ unread: 0, readSeq: 3 });
  });

  it('S36: a foreign conversation and a missing one are answered alike', async () => {
    const foreign = await gateways.conversation('ann');
    const bob = await gateways.connect('bob');
    const [one, other] = await Promise.all(
      [foreign, randomUUID()].map((conversationId) => bob.ask('read.mark', { conversationId })),
    );
    expect(one).toEqual(other);
    expect(one).toMatchObject({ ok: false, error: { code: 'conversation.not_found' } });
  });
});
