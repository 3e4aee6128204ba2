import { randomBytes } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  AppError,
  keyScopes,
  operatorScopes,
  type SecretKeyView,
  type CreatedTenantView,
  type KeyScope,
} from '@parley/contracts/wire';
import {
  AuthModule,
  mintToken,
  newServerKey,
  ServerKeyVerifier,
  TokenVerifier,
  type ServerActor,
} from '@parley/platform/auth';
import { DatabaseModule, Db } from '@parley/platform/database';
import { EgressModule } from '@parley/platform/egress';
import {
  QuietTelemetryModule,
  RecordingPublisher,
  RecordingPublisherModule,
  testDatabase,
  userActor,
  waitFor,
  type TestDatabase,
} from '@parley/testing';
import { Bootstrap, type BootstrapSettings } from './bootstrap';
import { KeyService } from './key.service';
import { TenantService } from './tenant.service';
import { KeysModule } from './keys.module';
import { OperatorTenantService } from './operator-tenant.service';
import { OperatorsModule } from './operators.module';
import { TenantsModule } from './tenants.module';

const secretsKey = randomBytes(32).toString('base64');

async function startProcess(database: TestDatabase): Promise<TestingModule> {
  const databaseModule = DatabaseModule.forRoot({
    url: database.appUrl,
    systemUrl: database.systemUrl,
    poolMax: 5,
    hotConnections: 2,
    sendLanes: 1,
    applicationName: 'test',
  });
  const publisher = { module: RecordingPublisherModule, global: true };
  const imports = [
    databaseModule,
    { module: QuietTelemetryModule, global: true },
    EgressModule.forRoot(),
    AuthModule.forRoot({ secretsKey }),
    publisher,
    TenantsModule,
    KeysModule,
    OperatorsModule,
  ];
  return (await Test.createTestingModule({ imports }).compile()).enableShutdownHooks();
}

describe('tenants and their keys', () => {
  let database: TestDatabase;
  // Two processes: what one revokes must end on the other, which has it cached.
  let here: TestingModule;
  let there: TestingModule;

  beforeAll(async () => {
    database = await testDatabase();
    [here, there] = await Promise.all([startProcess(database), startProcess(database)]);
  });

  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await database.drop();
  });

  const actorOf = ({ id }: { id: string }, scopes: readonly KeyScope[] = ['keys']): ServerActor => ({
    kind: 'server',
    tenantId: id,
    keyId: 'key',
    scopes,
    userId: null,
  });
  const create = (): Promise<CreatedTenantView> => here.get(TenantService).create('Acme');
  const tokenOf = async (tenantId: string, key: SecretKeyView, userId = 'ada'): Promise<string> => {
    const { kid = '', secret } = key;
    const mintingKey = { tenantId, kid, secret, algorithm: 'HS256', issuer: null, audience: null } as const;
    return mintToken(mintingKey, { userId, ttlSeconds: 60 }).token;
  };

  it('I13: suspending a tenant is published at once, renaming it is not', async () => {
    const { id } = await create();
    const operator = { keyId: 'key', scopes: operatorScopes };
    const { revocations } = here.get(RecordingPublisher);
    await here.get(OperatorTenantService).update(operator, id, { name: 'Renamed' });
    expect(revocations).not.toContainEqual({ kind: 'tenant', tenantId: id });
    await here.get(OperatorTenantService).update(operator, id, { status: 'suspended' });
    expect(revocations).toContainEqual({ kind: 'tenant', tenantId: id });
  });

  it('makes a tenant whose first keys work', async () => {
    const tenant = await create();
    expect(await there.get(ServerKeyVerifier).verify(tenant.serverKey.secret)).toMatchObject({
      tenantId: tenant.id,
      scopes: keyScopes,
      userId: null,
    });
    const token = await tokenOf(tenant.id, tenant.signingKey);
    expect(await there.get(TokenVerifier).verify(token)).toMatchObject({
      tenantId: tenant.id,
      userId: 'ada',
    });
    expect(await here.get(TenantService).list()).toContainEqual(
      expect.objectContaining({ id: tenant.id, name: 'Acme', status: 'active' }),
    );
  });

  it('gives every process the same body hash key, another for each tenant', async () => {
    const [one, two] = [await create(), await create()];
    const key = await here.get(TenantService).bodyHashKey(one.id);
    expect(key).toHaveLength(32);
    expect(await there.get(TenantService).bodyHashKey(one.id)).toEqual(key);
    expect(await here.get(TenantService).bodyHashKey(two.id)).not.toEqual(key);
  });

  it('keeps no secret in the database', async () => {
    const tenant = await create();
    const text = await here.get(Db).tx(tenant.id, async ({ prisma }) => {
      const rows = [
        await prisma.tenant.findMany(),
        await prisma.tenantKey.findMany(),
        await prisma.serverKey.findMany(),
      ];
      const bytes = (value: unknown): unknown =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
      return JSON.stringify(rows, (_, value: unknown) => bytes(value));
    });
    expect(text).not.toContain(tenant.serverKey.secret);
    expect(text).not.toContain(tenant.signingKey.secret);
  });

  it('a token of one tenant’s key for another tenant is refused', async () => {
    const [one, two] = [await create(), await create()];
    const token = await tokenOf(two.id, one.signingKey);
    await expect(here.get(TokenVerifier).verify(token)).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it('lists keys without their secrets and revokes them once', async () => {
    const tenant = await create();
    const keys = here.get(KeyService);
    const made = await keys.create(actorOf(tenant), { kind: 'server', name: 'import', scopes: ['imports'] });
    const { data } = await keys.list(actorOf(tenant));
    expect(data.map(({ name }) => name)).toEqual(['first server key', 'first signing key', 'import']);
    expect(JSON.stringify(data)).not.toContain(made.secret);
    const revoked = await keys.revoke(actorOf(tenant), made.id);
    expect(revoked).toMatchObject({ id: made.id, scopes: ['imports'], revokedAt: expect.any(String) });
    const told = { kind: 'key', tenantId: tenant.id, keyId: made.id };
    expect(here.get(RecordingPublisher).revocations).toContainEqual(told);
    expect(await keys.revoke(actorOf(tenant), made.id)).toEqual(revoked);
  });

  it('S13: another tenant’s key is no key', async () => {
    const [one, two] = [await create(), await create()];
    const revoking = here.get(KeyService).revoke(actorOf(two), one.serverKey.id);
    await expect(revoking).rejects.toMatchObject({ code: 'key.not_found' });
    expect(await here.get(ServerKeyVerifier).verify(one.serverKey.secret)).toMatchObject({
      tenantId: one.id,
    });
  });

  it('keys are managed with the scope keys alone', async () => {
    const tenant = await create();
    const keys = here.get(KeyService);
    const others = keyScopes.filter((scope) => scope !== 'keys');
    await expect(keys.list(actorOf(tenant, others))).rejects.toMatchObject({ code: 'scope.missing' });
    const admin = userActor(tenant.id, 'ada', 'admin');
    await expect(keys.create(admin, { kind: 'server', name: 'x' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
  });

  it('0005: a revoked key ends on every process within two seconds', async () => {
    const tenant = await create();
    const token = await tokenOf(tenant.id, tenant.signingKey);
    const serverKeys = there.get(ServerKeyVerifier);
    const tokens = there.get(TokenVerifier);
    await serverKeys.verify(tenant.serverKey.secret);
    await tokens.verify(token);
    for (const key of [tenant.serverKey, tenant.signingKey])
      await here.get(KeyService).revoke(actorOf(tenant), key.id);
    const revoked = { timeoutMs: 2_500, message: 'the revocation' };
    const isRevoked = (error: { code?: string }): boolean => error.code === 'token.revoked';
    const ended = (checking: Promise<unknown>): Promise<boolean> => checking.then(() => false, isRevoked);
    await waitFor(() => ended(serverKeys.verify(tenant.serverKey.secret)), revoked);
    await waitFor(() => ended(tokens.verify(token)), revoked);
  });

  it('0005: a tenant that is suspended is shut on every process within two seconds', async () => {
    const tenant = await create();
    const token = await tokenOf(tenant.id, tenant.signingKey);
    await there.get(TokenVerifier).verify(token);
    await here
      .get(Db)
      .tx(tenant.id, ({ prisma }) => prisma.tenant.updateMany({ data: { status: 'suspended' } }));
    const suspended = (error: { code?: string }): boolean => error.code === 'tenant.suspended';
    await waitFor(
      () =>
        there
          .get(TokenVerifier)
          .verify(token)
          .then(() => false, suspended),
      { timeoutMs: 2_500 },
    );
  });

  it('Parley-Act-As: only for a user who exists, in the key’s own tenant', async () => {
    const [one, two] = [await create(), await create()];
    await here.get(TokenVerifier).verify(await tokenOf(one.id, one.signingKey, 'ada'));
    const verifier = here.get(ServerKeyVerifier);
    expect(await verifier.verify(one.serverKey.secret, 'ada')).toMatchObject({ userId: 'ada' });
    for (const [key, userId] of [
      [one.serverKey, 'nobody'],
      [one.serverKey, 'a\nb'],
      [two.serverKey, 'ada'],
    ] as const) {
      await expect(verifier.verify(key.secret, userId)).rejects.toMatchObject({ code: 'user.not_found' });
    }
  });

  it.each(['psk_', `psk_${'A'.repeat(43)}`, 'x'.repeat(10_000), "psk_' OR 1=1 --"])(
    'refuses the server key %.20s',
    async (key) => {
      await expect(here.get(ServerKeyVerifier).verify(key)).rejects.toMatchObject({ code: 'token.invalid' });
    },
  );

  describe('Bootstrap', () => {
    const settings = (): BootstrapSettings => ({
      tenantName: 'First',
      tenantId: crypto.randomUUID(),
      serverKey: newServerKey(),
      signingKid: `pk_${randomBytes(16).toString('base64url')}`,
      signingSecret: randomBytes(32).toString('base64url'),
    });

    it('makes tenant and keys once, also when several processes start at once', async () => {
      const first = settings();
      await Promise.all([here, there, here].map((process) => process.get(Bootstrap).run(first)));
      await here.get(Bootstrap).run(first);
      const id = first.tenantId ?? '';
      expect((await here.get(KeyService).list(actorOf({ id }))).data).toHaveLength(2);
      expect(await here.get(ServerKeyVerifier).verify(first.serverKey ?? '')).toMatchObject({ tenantId: id });
      const key = { kid: first.signingKid ?? '', secret: first.signingSecret ?? '' } as SecretKeyView;
      expect(await here.get(TokenVerifier).verify(await tokenOf(id, key))).toMatchObject({ tenantId: id });
      expect(await here.get(KeyService).mintingKey(id)).toMatchObject(key);
    });

    it('F8: asks a slow PostgreSQL again, and gives up when it stays slow', async () => {
      const first = settings();
      const slow = new AppError('outcome.unknown');
      const tx = jest.spyOn(here.get(Db), 'tx').mockRejectedValueOnce(slow).mockRejectedValueOnce(slow);
      await here.get(Bootstrap).run(first);
      expect(await here.get(ServerKeyVerifier).verify(first.serverKey ?? '')).toMatchObject({
        tenantId: first.tenantId,
      });
      tx.mockRejectedValue(slow);
      await expect(here.get(Bootstrap).run(first)).rejects.toBe(slow);
      tx.mockRestore();
    });

    it('does not bring a revoked key back', async () => {
      const first = settings();
      await here.get(Bootstrap).run(first);
      const actor = actorOf({ id: first.tenantId ?? '' });
      for (const { id } of (await here.get(KeyService).list(actor)).data)
        await here.get(KeyService).revoke(actor, id);
      await here.get(Bootstrap).run(first);
      expect(
        (await here.get(KeyService).list(actor)).data.every(({ revokedAt }) => revokedAt !== undefined),
      ).toBe(true);
    });

    it('does nothing without a tenant name', async () => {
      const first = { ...settings(), tenantName: undefined, signingSecret: undefined };
      await here.get(Bootstrap).run(first);
      expect((await here.get(TenantService).list()).map(({ id }) => id)).not.toContain(first.tenantId);
    });

    it('S39: refuses contradictions in a sentence without secrets', async () => {
      const first = settings();
      await here.get(Bootstrap).run(first);
      const changed: [Partial<BootstrapSettings>, RegExp][] = [
        [{ tenantId: undefined }, /needs BOOTSTRAP_TENANT_ID/],
        [{ tenantName: undefined }, /JWT_SECRET is the secret of a tenant/],
        [{ signingSecret: randomBytes(32).toString('base64url') }, /a new BOOTSTRAP_SIGNING_KID/],
        [{ tenantId: crypto.randomUUID() }, /BOOTSTRAP_SERVER_KEY is a key of another tenant/],
        [
          { tenantId: crypto.randomUUID(), serverKey: undefined },
          /BOOTSTRAP_SIGNING_KID is a key of another tenant/,
        ],
      ];
      for (const [change, sentence] of changed) {
        const error = await here
          .get(Bootstrap)
          .run({ ...first, ...change })
          .catch((thrown: unknown) => thrown as Error);
        expect(error?.message).toMatch(sentence);
        expect(error?.message).not.toContain(first.serverKey);
        expect(error?.message).not.toContain(first.signingSecret);
      }
    });
  });
});
