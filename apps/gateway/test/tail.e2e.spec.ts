import { randomUUID } from 'node:crypto';
import { Db } from '@parley/platform/database';
import { Publisher } from '@parley/platform/realtime';
import { InternalServer } from '@parley/platform/telemetry';
import { MessageService } from '@parley/domain/messages';
import { ConversationAccess } from '@parley/domain/participants';
import { Threads } from '@parley/domain/threads';
import { TenantService } from '@parley/domain/tenants';
import { Timeline } from '@parley/domain/timeline';
import { RecordingPublisher, userActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

/** S4, I13: what has to be over by the gateways' own tail, and by the bus. */
const byTail = { timeoutMs: 5_000 };
const byBus = { timeoutMs: 2_000 };

async function metric(gateways: RunningGateways, pattern: RegExp, index = 0): Promise<number> {
  const port = gateways.gateways[index]?.app.get(InternalServer).port;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(pattern.exec(text)?.[1] ?? 0);
}

describe('two gateways without Redis and without a worker: the tail alone', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2, { REDIS_URL: '' });
  });
  afterAll(() => gateways.stop());

  const repairs = () => metric(gateways, /^repairs_total\S* (\d+)$/m, 1);

  it('F1: a message reaches the other gateway within 5 s, and what is known costs no repair', async () => {
    const conversationId = await gateways.conversation('ann', 'bob');
    const ann = await gateways.connect('ann', 0);
    const bob = await gateways.connect('bob', 1);
    await ann.send(conversationId, 'one');
    await ann.send(conversationId, 'two');
    await waitFor(() => bob.seqs(conversationId).length === 2, byTail);
    const before = await repairs();
    const read = () => metric(gateways, /^tail_read_total\{.*reason="silence".*\} (\d+)$/m, 1);
    const reads = await read();
    await waitFor(async () => (await read()) >= reads + 2);
    expect(await repairs()).toBe(before);
    expect(bob.seqs(conversationId)).toEqual([1, 2]);
    const port = gateways.gateways[1]?.app.get(InternalServer).port;
    const health = await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json();
    expect(health).toMatchObject({ status: 'ok', checks: { tail: { status: 'up', detail: 'own' } } });
  });

  it('F21: what was committed and never told reaches everybody', async () => {
    const conversationId = await gateways.conversation('gus', 'hal');
    const sockets = [await gateways.connect('gus', 0), await gateways.connect('hal', 1)];
    const silent = new MessageService(
      gateways.service(Timeline),
      gateways.service(ConversationAccess),
      gateways.service(TenantService),
      new RecordingPublisher(),
      gateways.service(Threads),
    );
    await silent.send(userActor(gateways.tenantId, 'gus'), conversationId, {
      clientMessageId: randomUUID(),
      text: 'nobody told you',
    });
    for (const socket of sockets) await waitFor(() => socket.seqs(conversationId).length === 1, byTail);
  });

  it('a joined conversation that the gateway did not know comes with its join; nothing follows a removal', async () => {
    const conversationId = await gateways.conversation('ina', 'cat');
    const ann = await gateways.connect('ina', 0);
    const dan = await gateways.connect('dan', 1);
    await gateways.connect('dan', 0);
    expect(
      await ann.ask('participant.add', { conversationId, participants: [{ userId: 'dan' }] }),
    ).toMatchObject({
      ok: true,
    });
    await ann.send(conversationId, 'welcome');
    await waitFor(() => dan.seqs(conversationId).includes(2), byTail);
    expect(dan.seqs(conversationId)).toEqual([1, 2]);
    expect(await ann.ask('participant.remove', { conversationId, userId: 'dan' })).toMatchObject({
      ok: true,
    });
    await ann.send(conversationId, 'he is gone');
    await waitFor(() => dan.seqs(conversationId).includes(3), byTail);
    const cat = await gateways.connect('cat', 1);
    await ann.send(conversationId, 'still gone');
    await waitFor(() => cat.seqs(conversationId).includes(5), byTail);
    expect(dan.seqs(conversationId)).toEqual([1, 2, 3]);
  });

  describe('S4: ends the connections of those who were shut out, within 5 s', () => {
    const db = () => gateways.service(Db);
    const closed = (socket: TestSocket, code: number) =>
      waitFor(() => socket.closeCode === code, { ...byTail, message: `close ${code}` });

    it('revoked tokens, on every gateway, and not later ones nor others', async () => {
      const { tenantId } = gateways;
      const old = [await gateways.connect('eve', 0), await gateways.connect('eve', 1)];
      const other = await gateways.connect('ann', 1);
      await db().tx(tenantId, ({ prisma }) =>
        prisma.appUser.update({
          where: { tenantId_id: { tenantId, id: 'eve' } },
          data: { tokensValidAfter: new Date() },
        }),
      );
      for (const socket of old) await closed(socket, 4502);
      expect(other.closeCode).toBeUndefined();
    });

    it('deactivated users', async () => {
      const { tenantId } = gateways;
      const socket = await gateways.connect('fay', 1);
      await db().tx(tenantId, ({ prisma }) =>
        prisma.appUser.update({
          where: { tenantId_id: { tenantId, id: 'fay' } },
          data: { deactivatedAt: new Date() },
        }),
      );
      await closed(socket, 4500);
    });

    it('a suspended tenant, then a revoked key', async () => {
      const { tenantId } = gateways;
      const first = await gateways.connect('ann', 0);
      const set = (status: string) =>
        db().tx(tenantId, ({ prisma }) =>
          prisma.tenant.update({ where: { id: tenantId }, data: { status } }),
        );
      await set('suspended');
      await closed(first, 4504);
      await set('active');
      // Identity is cached for two seconds.
      const second = await waitFor(
        async () => {
          const socket = gateways.open({ token: await gateways.token('ann') }, 1);
          await waitFor(() => socket.named('ready').length > 0 || socket.refused !== undefined);
          return socket.refused === undefined ? socket : undefined;
        },
        { timeoutMs: 8_000 },
      );
      await db().tx(tenantId, ({ prisma }) =>
        prisma.tenantKey.updateMany({ where: { tenantId }, data: { revokedAt: new Date() } }),
      );
      await closed(second, 4502);
    });
  });
});

describe('over the bus', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
  });
  afterAll(() => gateways.stop());

  it('S4: a revocation ends connections on every gateway within 2 s', async () => {
    const sockets = [await gateways.connect('ann', 0), await gateways.connect('ann', 1)];
    const { tenantId } = gateways;
    const publisher = gateways.service(Publisher);
    await waitFor(() => {
      publisher.publishRevocations([
        { kind: 'user', tenantId, userId: 'ann', issuedUpTo: Date.now(), deactivated: false },
      ]);
      return sockets.every(({ closeCode }) => closeCode === 4502);
    }, byBus);
  });
});
