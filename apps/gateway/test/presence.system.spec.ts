import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PresenceView } from '@parley/contracts/wire';
import { limits } from '@parley/contracts/wire';
import { mintToken } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { Bus, PresenceStore } from '@parley/platform/realtime';
import { PresenceRecords, PresenceService, PresenceSight } from '@parley/domain/presence';
import { ParticipantService } from '@parley/domain/participants';
import { TenantService } from '@parley/domain/tenants';
import { createConversation, freePort, serverActor, userActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

/** Grace, and a sweep. */
const goneMs = { timeoutMs: 8_000 + 4_000 };
/** What is told is gathered for up to a second. */
const toldMs = { timeoutMs: 3_000 };

async function watch(socket: TestSocket, ...userIds: string[]): Promise<PresenceView[]> {
  const ack = (await socket.ask('presence.watch', { userIds })) as unknown as {
    data: { presence: PresenceView[] };
  };
  return ack.data.presence;
}

function told(socket: TestSocket, userId: string): PresenceView[] {
  return (socket.named('presence.updated') as PresenceView[]).filter((view) => view.userId === userId);
}

const statuses = (socket: TestSocket, userId: string): string[] =>
  told(socket, userId).map(({ status }) => status);

describe('presence over two gateways', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
    for (const { app } of gateways.gateways) {
      await waitFor(() => app.get(PresenceStore, { strict: false }).isReady);
    }
  });
  afterEach(() => gateways.disconnectAll());
  afterAll(() => gateways.stop());

  /** As the api has it. */
  function presenceService(): PresenceService {
    return new PresenceService(
      gateways.service(PresenceStore),
      gateways.service(PresenceSight),
      gateways.service(PresenceRecords),
      gateways.service(Bus),
    );
  }

  /** Names of nobody who was seen before. */
  function people(...names: string[]): string[] {
    const suffix = randomBytes(4).toString('hex');
    return names.map((name) => `${name}-${suffix}`);
  }

  it('is online while any device is, away while all are, offline 8 s after the last one went', async () => {
    const [ann = '', ben = ''] = people('ann', 'ben');
    await gateways.conversation(ann, ben);
    const watcher = await gateways.connect(ann, 0);
    expect(await watch(watcher, ben)).toEqual([{ userId: ben, status: 'offline', lastSeenAt: null }]);
    const [phone, laptop] = [await gateways.connect(ben, 0), await gateways.connect(ben, 1)];
    await waitFor(() => statuses(watcher, ben).length === 1, toldMs);
    expect(told(watcher, ben)).toEqual([{ userId: ben, status: 'online', lastSeenAt: null }]);
    expect(await phone.ask('presence.set', { status: 'away' })).toEqual({
      ok: true,
      data: { status: 'away' },
    });
    await delay(1_300);
    expect(statuses(watcher, ben)).toEqual(['online']);
    await laptop.ask('presence.set', { status: 'away' });
    await waitFor(() => statuses(watcher, ben).at(-1) === 'away', toldMs);
    await laptop.ask('presence.set', { status: 'online' });
    await waitFor(() => statuses(watcher, ben).at(-1) === 'online', toldMs);
    laptop.close();
    await waitFor(() => statuses(watcher, ben).at(-1) === 'away', toldMs);
    const at = Date.now();
    phone.close();
    await waitFor(() => statuses(watcher, ben).at(-1) === 'offline', goneMs);
    expect(Date.now() - at).toBeGreaterThan(7_000);
    const seen = told(watcher, ben).at(-1)?.lastSeenAt ?? '';
    expect(Math.abs(Date.parse(seen) - at)).toBeLessThan(2_000);
    // The same was kept, for those who ask later.
    await waitFor(async () => (await watch(watcher, ben))[0]?.lastSeenAt !== null);
    const kept = await gateways
      .service(Db)
      .tx(gateways.tenantId, ({ prisma }) => prisma.userPresence.findFirst({ where: { userId: ben } }));
    expect(Math.abs((kept?.lastSeenAt?.getTime() ?? 0) - at)).toBeLessThan(2_000);
  }, 40_000);

  it('shows who is invisible to nobody: not now, not at the next connect, not by a last time', async () => {
    const [ann = '', ben = ''] = people('ann', 'ben');
    await gateways.conversation(ann, ben);
    const watcher = await gateways.connect(ann, 0);
    const hidden = await gateways.connect(ben, 1);
    await waitFor(async () => (await watch(watcher, ben))[0]?.status === 'online');
    expect(await hidden.ask('presence.set', { status: 'invisible' })).toMatchObject({ ok: true });
    const at = Date.now();
    await waitFor(() => statuses(watcher, ben).at(-1) === 'offline', toldMs);
    hidden.close();
    // Identity is known for two seconds.
    await delay(2_100);
    const again = [await gateways.connect(ben, 0), await gateways.connect(ben, 1)];
    await delay(1_500);
    const [view] = await watch(watcher, ben);
    expect(view?.status).toBe('offline');
    expect(Math.abs(Date.parse(view?.lastSeenAt ?? '') - at)).toBeLessThan(1_500);
    expect(statuses(watcher, ben).at(-1)).toBe('offline');
    await again[0]?.ask('presence.set', { status: 'online' });
    await waitFor(() => statuses(watcher, ben).at(-1) === 'online', toldMs);
  }, 30_000);

  it('shows only those with whom a conversation is shared, and as long as it is', async () => {
    const [ann = '', ben = '', eve = ''] = people('ann', 'ben', 'eve');
    const conversationId = await gateways.conversation(ann, ben);
    await gateways.conversation(eve);
    for (const [user, gateway] of [
      [ben, 1],
      [eve, 0],
    ] as const)
      await gateways.connect(user, gateway);
    const watcher = await gateways.connect(ann, 0);
    await waitFor(async () => (await watch(watcher, ben, eve, 'nobody', ann))[0]?.status === 'online');
    expect((await watch(watcher, ben, eve, 'nobody', ann)).map(({ userId }) => userId).sort()).toEqual(
      [ann, ben].sort(),
    );
    await gateways.service(ParticipantService).remove(serverActor(gateways.tenantId), conversationId, ben);
    await waitFor(() => told(watcher, ben).at(-1)?.status === 'offline', toldMs);
    expect(told(watcher, ben).at(-1)?.lastSeenAt).toBeNull();
    const count = told(watcher, ben).length;
    const [device] = [await gateways.connect(ben, 0)];
    await device.ask('presence.set', { status: 'away' });
    await delay(1_500);
    expect(told(watcher, ben)).toHaveLength(count);
    expect(await watch(watcher, ben)).toEqual([]);
  }, 20_000);

  it('a wall stands between tenants with the same user ids', async () => {
    const [ann = '', ben = ''] = people('ann', 'ben');
    await gateways.conversation(ann, ben);
    const watcher = await gateways.connect(ann, 0);
    await watch(watcher, ben);
    const other = await gateways.service(TenantService).create('another tenant');
    await createConversation(gateways.service(Db), other.id, [ann, ben]);
    const { kid, secret } = other.signingKey;
    const key = { tenantId: other.id, kid: kid ?? '', secret, algorithm: 'HS256' as const };
    const { token } = mintToken({ ...key, issuer: null, audience: null }, { userId: ben, ttlSeconds: 600 });
    for (const gateway of [0, 1]) {
      const foreign = gateways.open({ token }, gateway);
      await foreign.ready();
      await foreign.ask('presence.set', { status: 'away' });
    }
    await delay(1_500);
    expect(told(watcher, ben)).toEqual([]);
    expect(await watch(watcher, ben)).toMatchObject([{ status: 'offline' }]);
    const service = presenceService();
    expect(await service.list(userActor(gateways.tenantId, ann), [ben])).toMatchObject([
      { status: 'offline' },
    ]);
    expect(await service.list(userActor(other.id, ann), [ben])).toMatchObject([{ status: 'away' }]);
  });

  it('tells of the other one in a direct conversation that is open, without being asked', async () => {
    const [ann = '', ben = ''] = people('ann', 'ben');
    const conversationId = await gateways.conversation(ann, ben);
    await gateways
      .service(Db)
      .tx(gateways.tenantId, ({ prisma }) =>
        prisma.conversation.updateMany({ where: { id: conversationId }, data: { kind: 'direct' } }),
      );
    const watcher = await gateways.connect(ann, 0);
    await watcher.ask('conversation.open', { conversationId });
    await waitFor(() => statuses(watcher, ben).at(-1) === 'offline', toldMs);
    const device = await gateways.connect(ben, 1);
    await waitFor(() => statuses(watcher, ben).at(-1) === 'online', toldMs);
    await watcher.ask('conversation.close', { conversationId });
    const count = told(watcher, ben).length;
    await device.ask('presence.set', { status: 'away' });
    await delay(1_500);
    expect(told(watcher, ben)).toHaveLength(count);
  });

  it('refuses to watch more than the limit, and leaves what was watched', async () => {
    const [ann = ''] = people('ann');
    const watcher = await gateways.connect(ann);
    const userIds = Array.from({ length: limits.presenceWatchMaxUsers + 1 }, (_, index) => `user-${index}`);
    expect(await watcher.ask('presence.watch', { userIds })).toMatchObject({
      error: { code: 'request.invalid', issues: [{ path: 'userIds' }] },
    });
  });

  it('a connect costs no query of its own, and a wave of them few calls to Redis', async () => {
    const users = people(...Array.from({ length: 60 }, (_, index) => `user${index}`));
    await Promise.all(users.map((user) => gateways.connect(user)));
    await gateways.disconnectAll();
    const calls = jest.spyOn(gateways.service(Db).hot, 'call');
    const renewals = jest.spyOn(gateways.service(PresenceStore), 'renew');
    await Promise.all(users.map((user) => gateways.connect(user)));
    await waitFor(() => renewals.mock.calls.flatMap(([, devices]) => devices).length >= users.length);
    expect(renewals.mock.calls.length).toBeLessThan(users.length / 2);
    const names = calls.mock.calls.map(([fn]) => fn.name);
    const ofPresence = names.filter((name) => name.startsWith('presence') || name === 'direct_partner_v1');
    // Those who were disconnected before are kept, all in one.
    expect(ofPresence.filter((name) => name !== 'presence_save_v2')).toEqual([]);
    expect(ofPresence.length).toBeLessThanOrEqual(2);
    jest.restoreAllMocks();
  });

  it('F2: a Redis that lost everything is filled again by the next renewals, and nobody is told', async () => {
    const [ann = '', ben = ''] = people('ann', 'ben');
    await gateways.conversation(ann, ben);
    await gateways.connect(ben, 1);
    const watcher = await gateways.connect(ann, 0);
    await waitFor(async () => (await watch(watcher, ben))[0]?.status === 'online');
    const redis = new Redis(gateways.redisUrl);
    try {
      await redis.flushdb();
      const service = presenceService();
      const own = userActor(gateways.tenantId, ben);
      await waitFor(async () => (await service.list(own, []))[0]?.status === 'online', { timeoutMs: 12_000 });
      await delay(2_000);
      expect(statuses(watcher, ben).filter((status) => status !== 'online')).toEqual([]);
    } finally {
      redis.disconnect();
    }
  }, 30_000);
});

describe('presence without Redis', () => {
  it.each([
    ['not configured', async () => ''],
    ['down', async () => `redis://127.0.0.1:${await freePort()}`],
  ])(
    '%s: each gateway shows its own users',
    async (_, redisUrl) => {
      const gateways = await RunningGateways.start(1, { REDIS_URL: await redisUrl() });
      try {
        await gateways.conversation('ann', 'ben');
        const watcher = await gateways.connect('ann');
        expect(await watch(watcher, 'ben')).toMatchObject([{ status: 'offline' }]);
        const ben = await gateways.connect('ben');
        await waitFor(() => statuses(watcher, 'ben').at(-1) === 'online', toldMs);
        await ben.ask('presence.set', { status: 'away' });
        await waitFor(() => statuses(watcher, 'ben').at(-1) === 'away', toldMs);
        const at = Date.now();
        ben.close();
        await waitFor(() => statuses(watcher, 'ben').at(-1) === 'offline', goneMs);
        expect(Date.now() - at).toBeGreaterThan(7_000);
        expect(Math.abs(Date.parse(told(watcher, 'ben').at(-1)?.lastSeenAt ?? '') - at)).toBeLessThan(2_000);
      } finally {
        await gateways.stop();
      }
    },
    30_000,
  );
});
