import { randomBytes } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { decodeJwt } from 'jose';
import { limits, type KeyScope, type UserRole, defaultTenantFeatures } from '@parley/contracts/wire';
import { TenantService, TenantsModule } from '@parley/domain/tenants';
import { AuthModule, TokenVerifier, type ServerActor, type UserActor } from '@parley/platform/auth';
import { EgressModule } from '@parley/platform/egress';
import { DatabaseModule, Db } from '@parley/platform/database';
import {
  QuietTelemetryModule,
  RecordingPublisher,
  RecordingPublisherModule,
  createConversation,
  testDatabase,
  userActor,
  waitFor,
  type TestDatabase,
} from '@parley/testing';
import { UserService } from './user.service';
import { UsersModule } from './users.module';

describe('UserService', () => {
  let database: TestDatabase;
  let app: TestingModule;
  let users: UserService;
  let tokens: TokenVerifier;

  beforeAll(async () => {
    database = await testDatabase();
    const databaseModule = DatabaseModule.forRoot({
      url: database.appUrl,
      systemUrl: database.systemUrl,
      poolMax: 10,
      hotConnections: 2,
      sendLanes: 1,
      applicationName: 'test',
    });
    const auth = AuthModule.forRoot({ secretsKey: randomBytes(32).toString('base64') });
    app = await Test.createTestingModule({
      imports: [
        databaseModule,
        { module: QuietTelemetryModule, global: true },
        EgressModule.forRoot(),
        auth,
        { module: RecordingPublisherModule, global: true },
        TenantsModule,
        UsersModule,
      ],
    }).compile();
    app.enableShutdownHooks();
    users = app.get(UserService);
    tokens = app.get(TokenVerifier);
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  async function newTenant() {
    const { id: tenantId } = await app.get(TenantService).create('Acme');
    const server = (scopes: KeyScope[] = ['users', 'tokens'], userId: string | null = null): ServerActor => ({
      kind: 'server',
      tenantId,
      keyId: 'key',
      scopes,
      userId,
    });
    const user = (userId: string, role: UserRole = 'member'): UserActor => ({
      kind: 'user',
      tenantId,
      userId,
      role,
      issuedAt: 0,
      expiresAt: 0,
      keyId: 'key',
      invisible: false,
    });
    return { tenantId, server, user };
  }

  it('creates a user and changes only what is given', async () => {
    const { server } = await newTenant();
    await users.upsert(server(), 'ada', { name: 'Ada', avatarUrl: 'https://host.example/ada.png' });
    await users.upsert(server(), 'ada', { role: 'admin' });
    expect(await users.upsert(server(), 'ada', { avatarUrl: null })).toEqual({
      id: 'ada',
      name: 'Ada',
      avatarUrl: null,
      role: 'admin',
      deactivated: false,
      createdAt: expect.any(String),
    });
    expect(await users.upsert(server(), 'ada', { deactivated: true })).toMatchObject({ deactivated: true });
    expect(await users.upsert(server(), 'ada', { deactivated: false })).toMatchObject({ deactivated: false });
  });

  it('concurrent creations of one user make one', async () => {
    const { server } = await newTenant();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => users.upsert(server(), 'ada', { name: `Ada ${index}` })),
    );
    expect((await users.list(server(), {})).data).toHaveLength(1);
  });

  it('pages by id, byte by byte, within a prefix', async () => {
    const { server, user } = await newTenant();
    const ids = ['Z', 'a', 'a%b', 'a_c', 'ab', 'b', 'ä', 'a𝄞'];
    await Promise.all(ids.map((id) => users.upsert(server(), id, {})));
    const sorted = [...ids].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await users.list(user('a'), { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(sorted);
    const withPrefix = async (prefix: string) =>
      (await users.list(server(), { prefix })).data.map(({ id }) => id);
    expect(await withPrefix('a')).toEqual(sorted.filter((id) => id.startsWith('a')));
    expect(await withPrefix('a_')).toEqual(['a_c']);
    expect(await withPrefix('%')).toEqual([]);
    await expect(users.list(server(), { cursor: '____' })).rejects.toMatchObject({ code: 'cursor.invalid' });
  });

  it('finds by parts of ids and names, in any case, page by page', async () => {
    const [{ server, user }, other] = [await newTenant(), await newTenant()];
    const people = {
      'u-1': 'Ada Lovelace',
      'u-2': 'Grace Hopper',
      'u-3': 'Zoë ÅNGSTRÖM',
      adamant: null,
      'u-5': '李小龙',
      "o'x\\": '50%_',
    };
    await Promise.all(Object.entries(people).map(([id, name]) => users.upsert(server(), id, { name })));
    await users.upsert(other.server(), 'u-1', { name: 'Ada of elsewhere' });
    const find = async (q: string, query: { prefix?: string; limit?: number } = {}) =>
      (await users.list(user('u-1'), { q, ...query })).data.map(({ id }) => id);
    expect(await find('ADA')).toEqual(['adamant', 'u-1']);
    expect(await find('ada', { prefix: 'u-' })).toEqual(['u-1']);
    expect(await find('lace ada')).toEqual(['u-1']);
    expect(await find('ångström')).toEqual(['u-3']);
    expect(await find('小')).toEqual(['u-5']);
    expect(await find('%_')).toEqual(["o'x\\"]);
    expect(await find("'x\\")).toEqual(["o'x\\"]);
    expect(await find('elsewhere')).toEqual([]);
    expect(await find('e', { limit: 2 })).toEqual(['u-1', 'u-2']);
    const first = await users.list(user('u-1'), { q: 'u-', limit: 2 });
    const rest = await users.list(user('u-1'), { q: 'u-', limit: 5, cursor: first.page.next ?? '' });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(['u-1', 'u-2', 'u-3', 'u-5']);
    expect(rest.page.next).toBeNull();
    await expect(users.list(server(['messages']), { q: 'ada' })).rejects.toMatchObject({
      code: 'scope.missing',
    });
  });

  it('S13: users of another tenant do not exist', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await users.upsert(one.server(), 'ada', { name: 'one' });
    await expect(users.get(two.server(), 'ada')).rejects.toMatchObject({ code: 'user.not_found' });
    await expect(users.revokeTokens(two.server(), 'ada')).rejects.toMatchObject({ code: 'user.not_found' });
    await users.upsert(two.server(), 'ada', { name: 'two' });
    expect(await users.get(one.server(), 'ada')).toMatchObject({ name: 'one' });
  });

  it('says who the caller is', async () => {
    const { tenantId, server, user } = await newTenant();
    await users.upsert(server(), 'ada', { name: 'Ada' });
    expect(await users.me(user('ada'))).toMatchObject({
      tenantId,
      user: { id: 'ada', name: 'Ada' },
      limits: { messageTextMaxBytes: limits.messageTextMaxBytes },
    });
    expect(await users.me(server(['users']))).toEqual({
      tenantId,
      scopes: ['users'],
      features: defaultTenantFeatures,
      limits: expect.anything(),
    });
    expect(await users.me(server(['users'], 'ada'))).toMatchObject({
      user: { id: 'ada' },
      scopes: ['users'],
    });
  });

  it('lets everybody change the own name, and nobody more', async () => {
    const { server, user } = await newTenant();
    await users.upsert(server(), 'ada', {});
    const smuggled = { name: 'Ada', role: 'admin', deactivated: true };
    expect(await users.updateMe(user('ada'), smuggled)).toMatchObject({
      name: 'Ada',
      role: 'member',
      deactivated: false,
    });
    await expect(users.updateMe(server(), { name: 'x' })).rejects.toMatchObject({ code: 'actor.required' });
  });

  describe('tokens', () => {
    it('issues one that opens the door, and creates the user with the name', async () => {
      const { server, tenantId } = await newTenant();
      const issued = await users.issueToken(server(), { userId: 'ada', name: 'Ada', ttlSeconds: 600 });
      expect(await tokens.verify(issued.token)).toMatchObject({ tenantId, userId: 'ada', role: 'member' });
      expect(decodeJwt(issued.token).exp).toBe(Date.parse(issued.expiresAt) / 1000);
      expect(await users.get(server(), 'ada')).toMatchObject({ name: 'Ada' });
    });

    it('S11: revoked tokens end within two seconds, later ones work', async () => {
      const { server } = await newTenant();
      const old = await users.issueToken(server(), { userId: 'ada' });
      await tokens.verify(old.token);
      await users.revokeTokens(server(), 'ada');
      const fresh = await users.issueToken(server(), { userId: 'ada' });
      const revoked = (error: { code?: string }): boolean => error.code === 'token.revoked';
      await waitFor(() => tokens.verify(old.token).then(() => false, revoked), { timeoutMs: 2_500 });
      await expect(tokens.verify(fresh.token)).resolves.toMatchObject({ userId: 'ada' });
    });

    it('S11: a revocation never moves back, nor into the future', async () => {
      const { server, user } = await newTenant();
      const old = await users.issueToken(server(), { userId: 'ada' });
      await users.revokeOwnTokens(user('ada'));
      await users.revokeTokens(server(), 'ada', { before: '2020-01-01T00:00:00Z' });
      await expect(tokens.verify(old.token)).rejects.toMatchObject({ code: 'token.revoked' });
      for (const before of ['2999-01-01T00:00:00Z', 'never']) {
        await expect(users.revokeTokens(server(), 'ada', { before })).rejects.toMatchObject({
          code: 'request.invalid',
          issues: [{ path: 'before' }],
        });
      }
    });

    it('ends with deactivation within two seconds, and none is issued then', async () => {
      const { server } = await newTenant();
      const { token } = await users.issueToken(server(), { userId: 'ada' });
      await tokens.verify(token);
      await users.upsert(server(), 'ada', { deactivated: true });
      const deactivated = (error: { code?: string }): boolean => error.code === 'user.deactivated';
      await waitFor(() => tokens.verify(token).then(() => false, deactivated), { timeoutMs: 2_500 });
      await expect(users.issueToken(server(), { userId: 'ada' })).rejects.toMatchObject({
        code: 'user.deactivated',
      });
    });

    it('a first token creates the user once, whoever comes first', async () => {
      const { server } = await newTenant();
      const issued = await Promise.all(
        Array.from({ length: 10 }, () => users.issueToken(server(), { userId: 'ada', name: 'Ada' })),
      );
      await Promise.all(issued.map(({ token }) => tokens.verify(token)));
      expect((await users.list(server(), {})).data).toHaveLength(1);
    });
  });

  it('S4: tells the gateways at once who was shut out', async () => {
    const { tenantId, server } = await newTenant();
    const { revocations } = app.get(RecordingPublisher);
    await users.upsert(server(), 'ada', { name: 'Ada' });
    await users.revokeTokens(server(), 'ada', { before: '2020-01-01T00:00:00Z' });
    await users.upsert(server(), 'ada', { deactivated: true });
    await users.upsert(server(), 'ada', { deactivated: false });
    const told = revocations.filter((revoked) => revoked.tenantId === tenantId);
    const user = { kind: 'user', tenantId, userId: 'ada' };
    expect(told).toEqual([
      { ...user, issuedUpTo: Date.UTC(2020, 0, 1), deactivated: false },
      { ...user, issuedUpTo: null, deactivated: true },
    ]);
  });

  it('S36: in a shared directory members find those with whom they share a conversation, and moderators all', async () => {
    const { tenantId, server } = await newTenant();
    for (const id of ['ann', 'bob', 'cyd']) await users.upsert(server(), id, {});
    const db = app.get(Db);
    await createConversation(db, tenantId, ['ann', 'bob']);
    await db.tx(tenantId, ({ prisma }) =>
      prisma.tenant.update({
        where: { id: tenantId },
        data: { settings: { users: { directory: 'shared' } } },
      }),
    );
    const as = (userId: string, role: UserRole = 'member') => userActor(tenantId, userId, role);
    const found = async (actor: UserActor | ServerActor) =>
      (await users.list(actor, {})).data.map(({ id }) => id);
    expect(await found(as('ann'))).toEqual(['ann', 'bob']);
    expect(await found(as('cyd'))).toEqual(['cyd']);
    expect(await found(server(['users'], 'ann'))).toEqual(['ann', 'bob']);
    expect(await found(as('cyd', 'moderator'))).toEqual(['ann', 'bob', 'cyd']);
    expect(await found(server())).toEqual(['ann', 'bob', 'cyd']);
    await expect(users.get(as('cyd'), 'ann')).rejects.toMatchObject({ code: 'user.not_found' });
    await expect(users.get(as('bob'), 'ann')).resolves.toMatchObject({ id: 'ann' });
    await db.tx(tenantId, ({ prisma }) =>
      prisma.participant.updateMany({ where: { userId: 'bob' }, data: { leftSeq: 1n } }),
    );
    expect(await found(as('ann'))).toEqual(['ann']);
  });
});
