import type { SendResult } from '@parley/contracts/wire';
import { ConversationDeletionService } from '@parley/domain/conversations';
import { MessageChangeService } from '@parley/domain/messages';
import { OwnershipService } from '@parley/domain/participants';
import { userActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

describe('what ends, live on every gateway', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
  });
  afterAll(() => gateways.stop());

  const as = (userId: string) => userActor(gateways.tenantId, userId);

  it('I13: a deleted conversation ends for all with its last event, and takes nothing more', async () => {
    const id = await gateways.conversation('ann', 'ben');
    const [ann, ben] = [await gateways.connect('ann', 0), await gateways.connect('ben', 1)];
    expect((await ann.send(id, 'hello')).ok).toBe(true);
    await gateways.service(ConversationDeletionService).delete(as('ann'), id);
    for (const socket of [ann, ben]) {
      await waitFor(() => socket.timeline(id).at(-1)?.type === 'conversation.deleted');
      expect(await socket.send(id, 'still there?')).toMatchObject({
        error: { code: 'conversation.not_found' },
      });
    }
    const later = await gateways.connect('ben', 0);
    expect(await later.ask('heads', {})).toMatchObject({ ok: true, data: { heads: [] } });
  });

  it('a reset of one’s own history is heard by its user alone; what it took away does not come back live', async () => {
    const id = await gateways.conversation('cyd', 'dan');
    const [cyd, dan] = [await gateways.connect('cyd', 0), await gateways.connect('dan', 1)];
    const sent = await cyd.send(id, 'before');
    if (!sent.ok) throw new Error(sent.error.code);
    const { message } = sent.data as unknown as SendResult;
    await gateways.service(OwnershipService).resetHistory(as('dan'), id);
    const changes = gateways.service(MessageChangeService);
    await changes.edit(as('cyd'), id, message.id, { text: 'edited after the reset' });
    expect((await cyd.send(id, 'after')).ok).toBe(true);
    for (const socket of [cyd, dan]) await waitFor(() => socket.timeline(id).some(({ seq }) => seq === 4));
    const typesOf = (socket: typeof cyd) => socket.timeline(id).map(({ type }) => type);
    expect(typesOf(cyd)).toEqual(['message.created', 'void', 'message.updated', 'message.created']);
    expect(typesOf(dan)).toEqual(['message.created', 'history.reset', 'void', 'message.created']);
  });
});
