import { Redis } from 'ioredis';
import { RedisConnections } from '@parley/platform/redis';
import { createLogger } from '@parley/platform/telemetry';
import { testRedis, waitFor } from '@parley/testing';
import { PresenceStore, type PresentDevice } from './presence-store';

describe('PresenceStore', () => {
  let connections: RedisConnections;
  let store: PresenceStore;
  let redis: Redis;
  const tenant = 'tenant-1';
  const device = (userId: string, id: string, more: Partial<PresentDevice> = {}): PresentDevice => ({
    userId,
    id,
    away: false,
    invisible: false,
    ...more,
  });
  const visible = { invisible: false };
  /** As if so many milliseconds had passed. */
  async function pass(ms: number, tenantId = tenant): Promise<void> {
    const key = `test:presence:{${tenantId}}:devices`;
    const members = await redis.zrange(key, '0', '-1');
    for (const member of members) await redis.zincrby(key, String(-ms), member);
  }
  const statusOf = async (userId: string, tenantId = tenant): Promise<string | undefined> =>
    (await store.read(tenantId, [userId])).users[0]?.status;

  beforeAll(async () => {
    const { url } = await testRedis();
    connections = new RedisConnections(
      { url, connectionName: 'test' },
      createLogger({ process: 'test', level: 'error', format: 'json' }),
    );
    store = new PresenceStore(connections.open('presence'), 'test:');
    redis = new Redis(url);
    await waitFor(() => store.isReady);
  });
  beforeEach(() => redis.flushdb());
  afterAll(() => {
    connections.close();
    redis.disconnect();
  });

  it('merges the devices of a user: online before away, and what is here before what went', async () => {
    const ann = 'ann|with|strokes';
    expect(await store.renew(tenant, [device(ann, 'g|1')])).toEqual([
      { userId: ann, before: 'offline', after: 'online', ...visible },
    ]);
    expect(await store.renew(tenant, [device(ann, 'g|1'), device(ann, 'g|2', { away: true })])).toEqual([]);
    expect(await store.renew(tenant, [device(ann, 'g|1', { away: true })])).toEqual([
      { userId: ann, before: 'online', after: 'away', ...visible },
    ]);
    await store.renew(tenant, [device(ann, 'g|1')]);
    expect(await store.leave(tenant, [{ userId: ann, id: 'g|1' }])).toEqual([
      { userId: ann, before: 'online', after: 'away', ...visible },
    ]);
    expect(await store.leave(tenant, [{ userId: ann, id: 'g|2' }])).toEqual([
      { userId: ann, before: 'away', after: 'online', ...visible },
    ]);
    expect(
      await store.leave(tenant, [
        { userId: ann, id: 'g|2' },
        { userId: 'nobody', id: 'g|9' },
      ]),
    ).toEqual([]);
  });

  it('lets a user go 8 s after its last device did, and says when it was seen', async () => {
    await store.renew(tenant, [device('ann', 'g|1')]);
    const at = Date.now();
    await store.leave(tenant, [{ userId: 'ann', id: 'g|1' }]);
    await pass(7_900);
    expect(await store.sweep(tenant)).toEqual({ departures: [], moves: [], more: false });
    expect(await statusOf('ann')).toBe('online');
    await pass(200);
    const { departures } = await store.sweep(tenant);
    expect(departures).toMatchObject([{ userId: 'ann', before: 'online', after: 'offline', ...visible }]);
    // `pass` moved the score by 8.1 s.
    expect((departures[0]?.seenAt ?? 0) + 8_100 - at).toBeGreaterThanOrEqual(0);
    expect((departures[0]?.seenAt ?? 0) + 8_100 - at).toBeLessThan(1_000);
    expect(await statusOf('ann')).toBe('offline');
  });

  it('comes back without anybody noticing', async () => {
    await store.renew(tenant, [device('ann', 'g|1')]);
    await store.leave(tenant, [{ userId: 'ann', id: 'g|1' }]);
    expect(await store.renew(tenant, [device('ann', 'h|1')])).toEqual([]);
    await pass(9_000);
    expect(await store.sweep(tenant)).toEqual({ departures: [], moves: [], more: false });
    expect(await statusOf('ann')).toBe('online');
  });

  it('takes a gateway for dead that is silent for 25 s; its users were last seen when it spoke', async () => {
    const users = Array.from({ length: 600 }, (_, index) => device(`user-${index}`, `g|${index}`));
    const at = Date.now();
    await store.renew(tenant, users);
    await store.renew(tenant, [device('user-0', 'other|1', { away: true })]);
    expect(await store.tenants()).toEqual([tenant]);
    await pass(25_500);
    await store.renew(tenant, [device('user-0', 'other|1', { away: true })]);
    const swept = [await store.sweep(tenant), await store.sweep(tenant), await store.sweep(tenant)];
    expect(swept.map(({ more }) => more)).toEqual([true, true, false]);
    const departures = swept.flatMap((each) => each.departures);
    expect(departures).toHaveLength(599);
    expect(departures.every(({ seenAt }) => Math.abs(seenAt + 25_500 - at) < 2_000)).toBe(true);
    expect(swept.flatMap(({ moves }) => moves)).toEqual([
      { userId: 'user-0', before: 'online', after: 'away', ...visible },
    ]);
  });

  it('shows who is invisible to nobody, whatever its devices do', async () => {
    await store.renew(tenant, [device('ann', 'g|1')]);
    expect(await store.choose(tenant, 'ann', true)).toEqual([
      { userId: 'ann', before: 'online', after: 'offline', invisible: true },
    ]);
    // A gateway that has not heard of it learns it here.
    expect(await store.renew(tenant, [device('ann', 'h|1')])).toEqual([
      { userId: 'ann', before: 'offline', after: 'offline', invisible: true },
    ]);
    expect(await store.read(tenant, ['ann'])).toMatchObject({
      users: [{ status: 'offline', invisible: true, present: true }],
    });
    expect(await store.choose(tenant, 'ann', false)).toMatchObject([{ after: 'online' }]);
    expect(await store.choose(tenant, 'nobody', true)).toEqual([]);
    await redis.flushdb();
    expect(await store.renew(tenant, [device('ann', 'g|1', { invisible: true })])).toEqual([]);
    expect(await statusOf('ann')).toBe('offline');
  });

  it('keeps tenants apart', async () => {
    await store.renew(tenant, [device('ann', 'g|1')]);
    expect(await statusOf('ann', 'tenant-2')).toBe('offline');
    await store.renew('tenant-2', [device('ann', 'g|2', { away: true })]);
    expect([await statusOf('ann'), await statusOf('ann', 'tenant-2')]).toEqual(['online', 'away']);
    await store.choose('tenant-2', 'ann', true);
    expect(await statusOf('ann')).toBe('online');
    await pass(30_000, 'tenant-2');
    expect((await store.sweep(tenant)).departures).toEqual([]);
    expect((await store.sweep('tenant-2')).departures).toMatchObject([{ userId: 'ann' }]);
    expect((await store.tenants()).sort()).toEqual([tenant, 'tenant-2']);
    await store.sweep('tenant-2');
    expect(await store.tenants()).toEqual([tenant]);
    const keys = await redis.keys('*');
    expect(keys.every((key) => /^test:presence(-tenants$|:\{tenant-[12]\}:)/.test(key))).toBe(true);
  });

  it('says that it does not know everybody until all gateways have spoken again', async () => {
    expect((await store.read(tenant, ['ann'])).complete).toBe(false);
    await store.renew(tenant, [device('ann', 'g|1')]);
    expect((await store.read(tenant, ['ann'])).complete).toBe(false);
    await redis.set(`test:presence:{${tenant}}:since`, Date.now() - 13_000);
    expect((await store.read(tenant, ['ann'])).complete).toBe(true);
  });
});
