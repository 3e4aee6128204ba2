import type { ConversationView, Page, SearchHit, SendResult } from '@parley/contracts/wire';
import { startSystem, waitFor, type System } from '@parley/testing';

describe('search, by api, worker and queue', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ gateways: 1 });
  }, 60_000);

  afterAll(() => system.stop(), 30_000);

  it('finds a message moments after it was sent, for those alone who may read it', async () => {
    const ada = await system.token('ada');
    const grace = await system.token('grace');
    const linus = await system.token('linus');
    const body = { kind: 'group', participants: [{ userId: 'grace' }] };
    const { id } = await system.rest<ConversationView>('POST', '/v1/conversations', body, ada);
    const text = 'The zephyr release is ready';
    const sent = await system.rest<SendResult>('POST', `/v1/conversations/${id}/messages`, { text }, ada);
    const find = async (token: string): Promise<SearchHit[]> =>
      (await system.rest<Page<SearchHit>>('GET', '/v1/messages/search?q=zephyr%20rel', undefined, token))
        .data;
    await waitFor(async () => (await find(grace)).length > 0, { timeoutMs: 20_000, message: 'the hit' });
    expect(await find(grace)).toEqual([
      {
        message: { ...sent.message, reactions: [] },
        highlights: [
          { start: 4, end: 10 },
          { start: 11, end: 14 },
        ],
      },
    ]);
    expect(await find(linus)).toEqual([]);
  }, 60_000);
});
