import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Db } from '@parley/platform/database';
import { Overload } from '@parley/platform/ratelimit';
import type { TypingUpdatedData } from '@parley/contracts/wire';
import { ParticipantService } from '@parley/domain/participants';
import { buckets, limits } from '@parley/contracts/wire';
import { serverActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

function heardBy(socket: TestSocket, conversationId: string): TypingUpdatedData[] {
  return (socket.named('typing.updated') as TypingUpdatedData[]).filter(
    (data) => data.conversationId === conversationId,
  );
}

const started = { typing: true, expiresAfterMs: 3_000 };
const stopped = { typing: false, expiresAfterMs: 0 };
/** Long enough for what must not come. */
const silenceMs = 300;

describe('conversations on screens, and typing, over two gateways', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
    const { perMinute, burst } = buckets.typing;
    await gateways.limit({ typing: { perMinute, burst } });
  });
  afterAll(() => gateways.stop());
  // Whoever stays connected would not be looked up for the conversations of the next test.
  afterEach(() => gateways.disconnectAll());

  async function opened(userId: string, conversationId: string, gateway = 0): Promise<TestSocket> {
    const socket = await gateways.connect(userId, gateway);
    expect(await socket.ask('conversation.open', { conversationId })).toMatchObject({ ok: true });
    return socket;
  }

  it('opens with the head, and closes', async () => {
    const conversationId = await gateways.conversation('ann', 'ben');
    const ann = await gateways.connect('ann');
    await ann.send(conversationId, 'one');
    const answer = { ok: true, data: { conversationId, lastSeq: 1 } };
    for (const _ of [1, 2]) expect(await ann.ask('conversation.open', { conversationId })).toEqual(answer);
    const close = (): Promise<unknown> => ann.ask('conversation.close', { conversationId });
    expect([await close(), await close()]).toMatchObject([
      { data: { closed: true } },
      { data: { closed: false } },
    ]);
  });

  it('S36: a foreign conversation and a missing one are answered alike', async () => {
    const foreign = await gateways.conversation('ben');
    const ann = await gateways.connect('ann');
    for (const request of ['conversation.open', 'typing.start', 'conversation.close', 'typing.stop']) {
      const [one, other] = await Promise.all(
        [foreign, randomUUID()].map((conversationId) => ann.ask(request, { conversationId })),
      );
      expect(one).toEqual(other);
    }
    expect(await ann.ask('conversation.open', { conversationId: foreign })).toMatchObject({
      error: { code: 'conversation.not_found' },
    });
  });

  it('opens what its gateway has not heard of yet', async () => {
    const ann = await gateways.connect('ann');
    const conversationId = await gateways.conversation('ann');
    expect(await ann.ask('conversation.open', { conversationId })).toMatchObject({ ok: true });
  });

  it('bounds what one socket has open', async () => {
    const ids: string[] = [];
    while (ids.length <= limits.openConversationsPerSocket) ids.push(await gateways.conversation('many'));
    const socket = await gateways.connect('many');
    const acks = await Promise.all(
      ids.map((conversationId) => socket.ask('conversation.open', { conversationId })),
    );
    expect(acks.map(({ ok }) => ok)).toEqual([...ids.slice(1).map(() => true), false]);
    expect(acks.at(-1)).toMatchObject({ error: { code: 'conversation.open_limit_reached' } });
    await socket.ask('conversation.close', { conversationId: ids[0] });
    expect(await socket.ask('conversation.open', { conversationId: ids.at(-1) })).toMatchObject({ ok: true });
  });

  it('reaches those who have it open, on every gateway, and not the typist’s own socket', async () => {
    const conversationId = await gateways.conversation('ann', 'ben', 'cat');
    const [ann, phone] = [await opened('ann', conversationId), await opened('ann', conversationId, 1)];
    const [ben, cat] = [await opened('ben', conversationId, 0), await opened('cat', conversationId, 1)];
    const elsewhere = await gateways.connect('ben', 1);
    expect(await ann.ask('typing.start', { conversationId })).toEqual({
      ok: true,
      data: { expiresAfterMs: 3_000 },
    });
    await waitFor(() => [ben, cat, phone].every((each) => heardBy(each, conversationId).length === 1));
    expect(await ann.ask('typing.stop', { conversationId })).toEqual({ ok: true, data: { stopped: true } });
    await waitFor(() => [ben, cat, phone].every((each) => heardBy(each, conversationId).length === 2));
    const ofAnn = { conversationId, userId: 'ann' };
    expect(heardBy(cat, conversationId)).toEqual([
      { ...ofAnn, ...started },
      { ...ofAnn, ...stopped },
    ]);
    expect(await ann.ask('typing.stop', { conversationId })).toEqual({ ok: true, data: { stopped: false } });
    await delay(silenceMs);
    expect([ann, elsewhere].flatMap((each) => heardBy(each, conversationId))).toEqual([]);
  });

  it('I12: ends everywhere 3 s after the last start, and at once with the socket', async () => {
    const conversationId = await gateways.conversation('ann', 'ben', 'cat');
    const ann = await gateways.connect('ann');
    const viewers = [await opened('ben', conversationId, 0), await opened('cat', conversationId, 1)];
    const allHave = (count: number): boolean =>
      viewers.every((viewer) => heardBy(viewer, conversationId).length === count);
    await ann.ask('typing.start', { conversationId });
    const at = performance.now();
    await waitFor(() => allHave(1));
    await waitFor(() => allHave(2));
    expect(performance.now() - at).toBeGreaterThan(2_700);
    expect(performance.now() - at).toBeLessThan(3_500);
    await ann.ask('typing.start', { conversationId });
    await waitFor(() => allHave(3));
    ann.close();
    await waitFor(() => allHave(4), { timeoutMs: 1_000 });
    for (const viewer of viewers) {
      expect(heardBy(viewer, conversationId).map(({ typing }) => typing)).toEqual([true, false, true, false]);
    }
  });

  it('is refused by its limit, one a second in each conversation', async () => {
    const ids = [await gateways.conversation('ann'), await gateways.conversation('ann')];
    const ann = await gateways.connect('ann');
    const start = (index: number): Promise<unknown> =>
      ann.ask('typing.start', { conversationId: ids[index] });
    expect([await start(0), await start(1)]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await start(0)).toMatchObject({
      error: { code: 'rate_limit.exceeded', bucket: 'typing', retryAfterMs: expect.any(Number) as number },
    });
    await waitFor(async () => ((await start(0)) as { ok: boolean }).ok, { timeoutMs: 1_500 });
  });

  it('S4: neither shows nor tells a removed member', async () => {
    const conversationId = await gateways.conversation('ann', 'ben', 'cat');
    const [ann, ben] = [await opened('ann', conversationId, 0), await opened('ben', conversationId, 1)];
    const cat = await opened('cat', conversationId, 1);
    const participants = gateways.service(ParticipantService);
    await ben.ask('typing.start', { conversationId });
    await waitFor(() => heardBy(ann, conversationId).length === 1);
    await participants.remove(serverActor(gateways.tenantId), conversationId, 'ben');
    await waitFor(() => heardBy(ann, conversationId).length === 2, { timeoutMs: 2_000 });
    await waitFor(() => heardBy(cat, conversationId).length === 2, { timeoutMs: 2_000 });
    await ann.ask('typing.start', { conversationId });
    await waitFor(() => heardBy(cat, conversationId).length === 3);
    await delay(silenceMs);
    expect(heardBy(ben, conversationId)).toEqual([]);
    expect(await ben.ask('typing.start', { conversationId })).toMatchObject({
      error: { code: 'conversation.not_found' },
    });
    // Back again it has nothing open.
    await participants.add(serverActor(gateways.tenantId), conversationId, [{ userId: 'ben' }]);
    await waitFor(async () => (await ben.ask('typing.start', { conversationId })).ok);
    await ann.ask('typing.stop', { conversationId });
    await waitFor(() => heardBy(cat, conversationId).length === 5);
    expect(heardBy(ben, conversationId)).toEqual([]);
  });

  it('costs no query', async () => {
    const conversationId = await gateways.conversation('ann', 'ben');
    const [ann, ben] = [await opened('ann', conversationId, 0), await opened('ben', conversationId, 1)];
    const dbs = gateways.gateways.map(({ app }) => app.get(Db, { strict: false }));
    const spies = dbs.map((db) => jest.spyOn(db.hot, 'call'));
    const transactions = dbs.map((db) => jest.spyOn(db, 'tx'));
    for (let time = 1; time <= 3; time += 1) {
      await ann.ask('typing.start', { conversationId });
      // Both within one turn would come as one: the newest of a user is all that is kept.
      await waitFor(() => heardBy(ben, conversationId).length === 2 * time - 1);
      await ann.ask('typing.stop', { conversationId });
      await waitFor(() => heardBy(ben, conversationId).length === 2 * time);
      await delay(1_000);
    }
    // Those who were disconnected before are kept, some seconds later; what the tenant is is asked every few seconds.
    const byTheClock = ['presence_save_v2', 'tenant_load_v1'];
    const called = spies.flatMap((spy) => spy.mock.calls).map(([fn]) => fn.name);
    expect(called.filter((name) => !byTheClock.includes(name))).toEqual([]);
    // A gateway reads the tenant's settings again each 5 s, whatever it is asked.
    expect(transactions.flatMap((spy) => spy.mock.calls).length).toBeLessThanOrEqual(2);
  });

  it('F37: is put off while the process has too much to do', async () => {
    const conversationId = await gateways.conversation('ann');
    const ann = await gateways.connect('ann');
    const overload = gateways.service(Overload);
    for (let sample = 0; sample < 20; sample += 1) overload.sample(500);
    expect(await ann.ask('typing.start', { conversationId })).toMatchObject({
      error: { code: 'service.overloaded', retryable: true },
    });
    overload.sample(1);
    expect(await ann.ask('typing.start', { conversationId })).toMatchObject({ ok: true });
  });
});

describe('typing without Redis', () => {
  it('reaches those of the same gateway', async () => {
    const gateways = await RunningGateways.start(1, { REDIS_URL: '' });
    try {
      const conversationId = await gateways.conversation('ann', 'ben');
      const [ann, ben] = [await gateways.connect('ann'), await gateways.connect('ben')];
      await ben.ask('conversation.open', { conversationId });
      await ann.ask('typing.start', { conversationId });
      await waitFor(() => heardBy(ben, conversationId).length === 1);
    } finally {
      await gateways.stop();
    }
  });
});
