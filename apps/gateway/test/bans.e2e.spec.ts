import { Db } from '@parley/platform/database';
import { Publisher } from '@parley/platform/realtime';
import { BanService } from '@parley/domain/participants';
import { userActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

describe('I13: who is banned gets nothing more', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
  });
  afterAll(() => gateways.stop());

  it('from a conversation: its ban is the last that it hears of it, on every gateway', async () => {
    const id = await gateways.conversation('ann', 'bob');
    const [ann, bob] = [await gateways.connect('ann', 0), await gateways.connect('bob', 1)];
    await gateways.service(BanService).ban(userActor(gateways.tenantId, 'ann'), id, { userId: 'bob' });
    expect((await ann.send(id, 'after the ban')).ok).toBe(true);
    await waitFor(() => bob.timeline(id).length === 1 && ann.timeline(id).length === 2);
    expect(bob.timeline(id)).toMatchObject([{ type: 'participant.left', data: { reason: 'banned' } }]);
    expect(await bob.send(id, 'me again')).toMatchObject({ error: { code: 'conversation.not_found' } });
  });

  it('from the tenant: by the bus its sockets end at once, on every gateway, and it is not let in again', async () => {
    const sockets = [await gateways.connect('mal', 0), await gateways.connect('mal', 1)];
    const [other] = [await gateways.connect('ann', 1)];
    const { tenantId } = gateways;
    await gateways
      .service(Db)
      .tx(tenantId, ({ prisma }) => prisma.userBan.create({ data: { tenantId, userId: 'mal' } }));
    gateways
      .service(Publisher)
      .publishRevocations([
        { kind: 'user', tenantId, userId: 'mal', issuedUpTo: null, deactivated: false, banned: true },
      ]);
    await waitFor(() => sockets.every(({ closeCode }) => closeCode === 4505), { timeoutMs: 2_000 });
    expect(other.closeCode).toBeUndefined();
    await waitFor(async () => {
      const again = gateways.open({ token: await gateways.token('mal') });
      // What a gateway knew of the user is two seconds old at most: until then it may let it in, and end it at once.
      await waitFor(() => again.refused ?? again.closeCode ?? again.named('ready').length > 0);
      return again.refused?.code === 'user.banned';
    });
  });

  it('from the tenant: where nobody told, the tail ends them', async () => {
    const socket = await gateways.connect('eve', 1);
    const { tenantId } = gateways;
    await gateways
      .service(Db)
      .tx(tenantId, ({ prisma }) => prisma.userBan.create({ data: { tenantId, userId: 'eve' } }));
    await waitFor(() => socket.closeCode === 4505, { timeoutMs: 8_000 });
  });
});
