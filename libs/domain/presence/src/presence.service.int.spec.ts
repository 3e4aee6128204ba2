import { Redis } from 'ioredis';
import { Db } from '@parley/platform/database';
import { BlockService } from '@parley/domain/blocks';
import { RedisConnections, redisKeys } from '@parley/platform/redis';
import { Bus, PresenceStore } from '@parley/platform/realtime';
import { createLogger, Metrics } from '@parley/platform/telemetry';
import { createConversation, Domain, serverActor, testRedis, userActor, waitFor } from '@parley/testing';
import { PresenceRecords } from './presence-records';
import { PresenceService } from './presence.service';
import { SharedConversations } from './presence-sight';
import { PresenceSweep } from './presence-sweep';

describe('PresenceService', () => {
  let domain: Domain;
  let connections: RedisConnections;
  let store: PresenceStore;
  let records: PresenceRecords;
  let service: PresenceService;
  let redis: Redis;
  const log = createLogger({ process: 'test', level: 'error', format: 'json' });

  beforeAll(async () => {
    domain = await Domain.start();
    const { url } = await testRedis();
    connections = new RedisConnections({ url, connectionName: 'test' }, log);
    store = new PresenceStore(connections.open('presence'), 'test:');
    redis = new Redis(url);
    const db = domain.get(Db);
    records = new PresenceRecords(db, log);
    const bus = new Bus(connections, redisKeys.bus('test:'), log, new Metrics('test'));
    service = new PresenceService(store, new SharedConversations(db), records, bus);
    await waitFor(() => store.isReady);
  });
  afterAll(async () => {
    connections.close();
    redis.disconnect();
    await domain.stop();
  });

  const kept = (tenantId: string, userId: string) =>
    domain.get(Db).tx(tenantId, ({ prisma }) => prisma.userPresence.findFirst({ where: { userId } }));
  const device = (userId: string, id: string) => ({ userId, id, away: false, invisible: false });

  it('S36: shows whom the caller shares a conversation with, and nobody else', async () => {
    const tenantId = await domain.tenant('ann', 'ben', 'eve');
    const conversationId = await createConversation(domain.get(Db), tenantId, ['ann', 'ben']);
    await createConversation(domain.get(Db), tenantId, ['eve']);
    await store.renew(tenantId, [device('ben', 'g|1'), device('eve', 'g|2')]);
    const ann = userActor(tenantId, 'ann');
    expect(await service.list(ann, ['eve', 'ben', 'nobody', 'ann'])).toEqual([
      { userId: 'ben', status: 'online', lastSeenAt: null },
      { userId: 'ann', status: 'offline', lastSeenAt: null },
    ]);
    await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.participant.updateMany({ where: { conversationId, userId: 'ann' }, data: { leftSeq: 1n } }),
      );
    expect(await service.list(ann, ['ben'])).toEqual([]);
    const other = await domain.tenant('ann', 'ben');
    await createConversation(domain.get(Db), other, ['ann', 'ben']);
    expect(await service.list(userActor(other, 'ann'), ['ben'])).toMatchObject([{ status: 'offline' }]);
  });

  it('two of whom one blocks the other are never here to each other, wherever else they meet', async () => {
    const tenantId = await domain.tenant('ann', 'ben');
    await createConversation(domain.get(Db), tenantId, ['ann', 'ben']);
    const [ann, ben] = [userActor(tenantId, 'ann'), userActor(tenantId, 'ben')];
    await store.renew(tenantId, [device('ann', 'g|1'), device('ben', 'g|2')]);
    await records.choose(tenantId, 'ann', false);
    records.seen(tenantId, 'ann', 1_000);
    await waitFor(async () => (await kept(tenantId, 'ann'))?.lastSeenAt?.getTime() === 1_000);
    await domain.get(BlockService).block(ann, 'ben');
    const absent = { status: 'offline', lastSeenAt: null };
    expect(await service.list(ann, ['ben'])).toEqual([{ userId: 'ben', ...absent }]);
    expect(await service.list(ben, ['ann', 'ben'])).toMatchObject([
      { userId: 'ann', ...absent },
      { userId: 'ben', status: 'online' },
    ]);
    await domain.get(BlockService).unblock(ann, 'ben');
    expect(await service.list(ben, ['ann'])).toMatchObject([{ userId: 'ann', status: 'online' }]);
  });

  it('keeps who is invisible, whom only the user itself sees so', async () => {
    const tenantId = await domain.tenant('ann', 'ben');
    await createConversation(domain.get(Db), tenantId, ['ann', 'ben']);
    const [ann, ben] = [userActor(tenantId, 'ann'), userActor(tenantId, 'ben')];
    await store.renew(tenantId, [device('ben', 'g|1')]);
    expect(await service.choose(ben, 'invisible')).toMatchObject({ status: 'invisible' });
    expect(await service.list(ann, ['ben'])).toMatchObject([{ status: 'offline' }]);
    expect(await service.list(ben, [])).toMatchObject([{ userId: 'ben', status: 'invisible' }]);
    expect(await kept(tenantId, 'ben')).toMatchObject({ invisible: true });
    expect(await service.choose(ben, 'away')).toMatchObject({ status: 'away' });
    expect(await service.list(ann, ['ben'])).toMatchObject([{ status: 'online' }]);
    expect(await kept(tenantId, 'ben')).toMatchObject({ invisible: false });
    expect(await service.choose(ann, 'online')).toMatchObject({ status: 'offline' });
  });

  it('is for users: a server key acts for one', async () => {
    const tenantId = await domain.tenant('ann');
    const server = serverActor(tenantId);
    await expect(service.list(server, [])).rejects.toMatchObject({ code: 'actor.required' });
    await expect(service.choose(server, 'away')).rejects.toMatchObject({ code: 'actor.required' });
    await expect(service.list({ ...server, userId: 'ann', scopes: ['messages'] }, [])).rejects.toMatchObject({
      code: 'scope.missing',
    });
    expect(await service.list({ ...server, userId: 'ann' }, [])).toMatchObject([{ userId: 'ann' }]);
  });

  it('keeps the last times of many in one write, never an older one, and of users alone', async () => {
    const users = Array.from({ length: 600 }, (_, index) => `user-${index}`);
    const tenantId = await domain.tenant(...users);
    const calls = jest.spyOn(domain.get(Db).hot, 'call');
    for (const user of [...users, 'nobody']) records.seen(tenantId, user, 2_000);
    records.seen(tenantId, 'user-0', 1_000);
    await waitFor(async () => (await kept(tenantId, 'user-599')) !== null);
    await waitFor(async () => (await kept(tenantId, 'user-0'))?.lastSeenAt?.getTime() === 2_000);
    expect(calls).toHaveBeenCalledTimes(2);
    calls.mockRestore();
    records.seen(tenantId, 'user-0', 1_500);
    records.seen(tenantId, 'user-1', 3_000);
    await waitFor(async () => (await kept(tenantId, 'user-1'))?.lastSeenAt?.getTime() === 3_000);
    expect((await kept(tenantId, 'user-0'))?.lastSeenAt?.getTime()).toBe(2_000);
    expect(await kept(tenantId, 'nobody')).toBeNull();
  });

  it('keeps when a ghost was seen, and of who is invisible nothing', async () => {
    const tenantId = await domain.tenant('ann', 'ben');
    const at = Date.now();
    await store.renew(tenantId, [device('ann', 'g|1'), { ...device('ben', 'g|2'), invisible: true }]);
    const key = `test:presence:{${tenantId}}:devices`;
    for (const member of ['ann|g|1', 'ben|g|2']) await redis.zincrby(key, -26_000, member);
    const news: object[] = [];
    await new PresenceSweep(store, records, log).run((each) => news.push(each));
    expect(news).toMatchObject([{ tenantId, users: [{ userId: 'ann', status: 'offline' }] }]);
    await waitFor(async () => (await kept(tenantId, 'ann')) !== null);
    // The score was moved by 26 s.
    expect(Math.abs(((await kept(tenantId, 'ann'))?.lastSeenAt?.getTime() ?? 0) + 26_000 - at)).toBeLessThan(
      1_000,
    );
    expect(await kept(tenantId, 'ben')).toBeNull();
  });
});
