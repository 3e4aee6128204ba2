import { AppError } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import { createTenant, openDb, testDatabase, type TestDatabase } from '@parley/testing';
import { UserLookUps } from './user-look-ups';

describe('UserLookUps', () => {
  let database: TestDatabase;
  let db: Db;
  let tenantId: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = openDb(database);
    tenantId = await createTenant(db);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });
  afterEach(() => jest.restoreAllMocks());

  it('looks all up that come at a time in one call, and what comes meanwhile in the next', async () => {
    const calls = jest.spyOn(db.hot, 'call');
    const lookUps = new UserLookUps(db);
    const see = (index: number): Promise<unknown> =>
      lookUps.find(tenantId, `user-${index}`, { name: `User ${index}`, create: true });
    const first = Array.from({ length: 300 }, (_, index) => see(index));
    await new Promise((resolve) => setImmediate(resolve));
    const more = Array.from({ length: 200 }, (_, index) => see(300 + index));
    const rows = await Promise.all([...first, ...more]);
    expect(calls).toHaveBeenCalledTimes(2);
    expect(rows[0]).toMatchObject({ user_id: 'user-0', tenant_status: 'active', role: 'member' });
    expect(rows).toEqual(
      rows.map((_, index): unknown => expect.objectContaining({ user_id: `user-${index}` })),
    );
    const names = await db.tx(tenantId, ({ prisma }) =>
      prisma.appUser.count({ where: { name: { not: null } } }),
    );
    expect(names).toBe(500);
  });

  it('makes whom it may alone, each once', async () => {
    const lookUps = new UserLookUps(db);
    const [made, again, unknown] = await Promise.all([
      lookUps.find(tenantId, 'ada', { name: 'Ada', create: true }),
      lookUps.find(tenantId, 'ada', { name: null, create: true }),
      lookUps.find(tenantId, 'nobody', { name: null, create: false }),
    ]);
    expect(made).toMatchObject({ user_id: 'ada', invisible: false });
    expect([again, unknown]).toEqual([made, undefined]);
  });

  it('keeps tenants apart, and finds nobody in one that is gone', async () => {
    const lookUps = new UserLookUps(db);
    const other = await createTenant(db);
    await lookUps.find(other, 'only there', { name: null, create: true });
    const gone = '01890000-0000-7000-8000-00000000dead';
    const rows = await Promise.all([
      lookUps.find(tenantId, 'only there', { name: null, create: false }),
      lookUps.find(other, 'only there', { name: null, create: false }),
      lookUps.find(gone, 'ada', { name: null, create: true }),
    ]);
    expect(rows.map((row) => row !== undefined)).toEqual([false, true, false]);
  });

  it('does not refuse others for one that PostgreSQL does not take', async () => {
    const lookUps = new UserLookUps(db);
    const [bad, good] = await Promise.allSettled([
      lookUps.find(tenantId, 'with a \u0000', { name: null, create: true }),
      lookUps.find(tenantId, 'good', { name: null, create: true }),
    ]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('asks no more than once while PostgreSQL is away', async () => {
    const error = new AppError('service.unavailable');
    const call = jest.spyOn(db.hot, 'call').mockRejectedValue(error);
    const lookUps = new UserLookUps(db);
    const answers = await Promise.allSettled(
      ['a', 'b', 'c'].map((id) => lookUps.find(tenantId, id, { name: null, create: true })),
    );
    expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: error })));
    expect(call).toHaveBeenCalledTimes(1);
  });
});
