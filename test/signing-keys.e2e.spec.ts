import { randomBytes } from 'node:crypto';
import { HostKey, KeyServer, testDatabase, testRedis, waitFor, type TestDatabase } from '@parley/testing';
import type { CreatedKeyView, KeyView, MeView, Page } from '@parley/contracts/wire';
import { mintToken } from '@parley/platform/auth';
import { RunningApi, type Answer, type TestTenant } from '../apps/api/test/running-api';
import { RunningGateways } from '../apps/gateway/test/running-gateways';
import type { TestSocket } from '../apps/gateway/test/test-socket';

// An api and two gateways on one database and one Redis, and a host product that publishes its keys.
describe('signing keys', () => {
  let database: TestDatabase;
  let host: KeyServer;
  let api: RunningApi;
  let gateways: RunningGateways;

  beforeAll(async () => {
    database = await testDatabase();
    const redis = await testRedis();
    host = await KeyServer.start();
    const environment = {
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      REDIS_URL: redis.url,
      REDIS_CHANNEL_PREFIX: redis.prefix,
      SECRETS_KEY: randomBytes(32).toString('base64'),
    };
    api = await RunningApi.start(environment, host.egress);
    gateways = await RunningGateways.start(2, environment, host.egress);
  });

  afterAll(async () => {
    await gateways.stop();
    await api.stop();
    host.stop();
    await database.drop();
  });

  beforeEach(() => {
    host.failure = undefined;
  });

  const createKey = (
    { serverKey: token }: TestTenant,
    body: Record<string, unknown>,
  ): Promise<Answer<CreatedKeyView>> =>
    api.call('POST', '/v1/admin/keys', { token, body: { kind: 'signing', name: 'login', ...body } });

  const revoke = (tenant: TestTenant, { id }: KeyView): Promise<Answer<KeyView>> =>
    api.call('DELETE', `/v1/admin/keys/${id}`, { token: tenant.serverKey });

  /** What REST says to a token: the user it is of, or a code. */
  async function overRest(token: string): Promise<string> {
    const { status, body } = await api.call<MeView & { code: string }>('GET', '/v1/me', { token });
    return status === 200 ? (body.user?.id ?? '') : body.code;
  }

  /** What a socket is told. */
  async function overSocket(token: string, gateway = 0): Promise<string> {
    const socket = gateways.open({ token }, gateway);
    await waitFor(() => socket.refused ?? socket.named('ready')[0], { message: 'an answer' });
    return socket.refused?.code ?? (socket.named('ready') as { userId: string }[])[0]?.userId ?? '';
  }

  async function connected(token: string, gateway: number): Promise<TestSocket> {
    const socket = gateways.open({ token }, gateway);
    await socket.ready();
    return socket;
  }

  async function hostSigned(tenant: TestTenant, secret: CreatedKeyView, userId: string): Promise<string> {
    const { kid = '' } = secret;
    const key = { tenantId: tenant.id, kid, secret: secret.secret ?? '', algorithm: 'HS256' } as const;
    return mintToken({ ...key, issuer: null, audience: null }, { userId, ttlSeconds: 600 }).token;
  }

  describe('S9: keys that the tenant publishes', () => {
    it.each(['RS256', 'ES256', 'EdDSA'] as const)('%s opens REST and sockets alike', async (algorithm) => {
      const tenant = await api.tenant();
      const key = new HostKey(algorithm);
      const jwksUrl = host.publish(`/${tenant.id}`, key);
      const { status, body } = await createKey(tenant, { jwksUrl });
      expect(status).toBe(201);
      expect(body).toMatchObject({ kind: 'signing', name: 'login', jwksUrl });
      expect(body).not.toHaveProperty('secret');
      expect(body).not.toHaveProperty('kid');
      const token = await key.token(tenant.id, 'ada');
      expect(await overRest(token)).toBe('ada');
      expect(await overSocket(token)).toBe('ada');
      const forged = await new HostKey(algorithm, key.kid).token(tenant.id, 'ada');
      expect([await overRest(forged), await overSocket(forged)]).toEqual(['token.invalid', 'token.invalid']);
      const { data } = (await api.call<Page<KeyView>>('GET', '/v1/admin/keys', { token: tenant.serverKey }))
        .body;
      expect(data).toContainEqual(body);
    });

    it('S13: two tenants with one kid never know each other’s tokens', async () => {
      const [one, two] = [await api.tenant(), await api.tenant()];
      const keys = [new HostKey('ES256', 'same'), new HostKey('ES256', 'same')] as const;
      await createKey(one, { jwksUrl: host.publish(`/${one.id}`, keys[0]) });
      await createKey(two, { jwksUrl: host.publish(`/${two.id}`, keys[1]) });
      for (const check of [overRest, overSocket]) {
        expect(await check(await keys[0].token(one.id, 'ada'))).toBe('ada');
        expect(await check(await keys[1].token(two.id, 'ada'))).toBe('ada');
        expect(await check(await keys[0].token(two.id, 'ada'))).toBe('token.invalid');
        expect(await check(await keys[1].token(one.id, 'ada'))).toBe('token.invalid');
      }
    });

    it('I13, S4: revoking the source closes what its tokens opened, on every gateway, and nothing else', async () => {
      const tenant = await api.tenant();
      const [kept, ended] = [new HostKey(), new HostKey()];
      await createKey(tenant, { jwksUrl: host.publish(`/${tenant.id}/kept`, kept) });
      const { body: source } = await createKey(tenant, {
        jwksUrl: host.publish(`/${tenant.id}/ended`, ended),
      });
      const token = await ended.token(tenant.id, 'ada');
      const sockets = [await connected(token, 0), await connected(token, 1)];
      const other = await connected(await kept.token(tenant.id, 'ada'), 1);
      expect((await revoke(tenant, source)).body).toMatchObject({
        id: source.id,
        revokedAt: expect.any(String),
      });
      for (const socket of sockets)
        await waitFor(() => socket.closeCode === 4502, { timeoutMs: 2_000, message: 'close 4502' });
      await waitFor(async () => (await overRest(token)) === 'token.invalid', { timeoutMs: 3_000 });
      expect(other.closeCode).toBeUndefined();
      expect(await overRest(await kept.token(tenant.id, 'ada'))).toBe('ada');
    });

    it('a new key is found when its first token comes, and the source may be away for a while', async () => {
      const tenant = await api.tenant();
      const key = new HostKey();
      const jwksUrl = host.publish(`/${tenant.id}`, key);
      await createKey(tenant, { jwksUrl });
      const token = await key.token(tenant.id, 'ada');
      expect([await overSocket(token), await overRest(token)]).toEqual(['ada', 'ada']);
      host.failure = { status: 503, body: 'away' };
      expect(await overSocket(token)).toBe('ada');
      const { length } = host.requests;
      const unknown = await new HostKey().token(tenant.id, 'eve');
      for (let turn = 0; turn < 20; turn += 1) expect(await overRest(unknown)).toBe('token.invalid');
      expect(host.requests.length - length).toBeLessThanOrEqual(1);
    });

    it('S26: a URL is tried when it is given, and one that leads inside is none', async () => {
      const tenant = await api.tenant();
      const good = host.publish(`/${tenant.id}`, new HostKey());
      const refused: [unknown, string][] = [
        ['http://keys.test/jwks', 'request.invalid'],
        ['file:///etc/passwd', 'request.invalid'],
        ['not a url', 'request.invalid'],
        [5, 'request.invalid'],
        ['https://169.254.169.254/latest/meta-data/', 'key.source_unusable'],
        ['https://127.0.0.1/jwks', 'key.source_unusable'],
        ['https://[::1]/jwks', 'key.source_unusable'],
        ['https://keys.test:22/jwks', 'key.source_unusable'],
        [host.publish('/empty'), 'key.source_unusable'],
        [host.publish('/symmetric'), 'key.source_unusable'],
      ];
      for (const [jwksUrl, code] of refused) {
        const { status, body } = await createKey(tenant, { jwksUrl });
        expect([jwksUrl, status, (body as unknown as { code: string }).code]).toEqual([jwksUrl, 400, code]);
      }
      for (const failure of [
        { status: 500, body: 'x' },
        { status: 200, body: 'no JSON' },
        { status: 302, body: '' },
      ]) {
        host.failure = failure;
        expect((await createKey(tenant, { jwksUrl: good })).body).toMatchObject({
          code: 'key.source_unusable',
        });
      }
      const { data } = (await api.call<Page<KeyView>>('GET', '/v1/admin/keys', { token: tenant.serverKey }))
        .body;
      expect(data.some((key) => key.jwksUrl !== undefined)).toBe(false);
    });

    it('are published at four URLs at most, those that were revoked not counted', async () => {
      const tenant = await api.tenant();
      const jwksUrl = host.publish(`/${tenant.id}`, new HostKey());
      const answers = await Promise.all(Array.from({ length: 6 }, () => createKey(tenant, { jwksUrl })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 409, 409]);
      const made = answers.find(({ status }) => status === 201);
      if (made !== undefined) await revoke(tenant, made.body);
      expect((await createKey(tenant, { jwksUrl })).status).toBe(201);
    });

    it('a field of the other kind of key is refused', async () => {
      const { serverKey: token } = await api.tenant();
      for (const body of [
        { kind: 'server', name: 'x', jwksUrl: 'https://keys.test/' },
        { kind: 'server', name: 'x', issuer: 'x' },
        { kind: 'server', name: 'x', audience: 'x' },
        { kind: 'signing', name: 'x', scopes: ['users'] },
      ])
        expect((await api.call('POST', '/v1/admin/keys', { token, body })).body).toMatchObject({
          code: 'request.invalid',
        });
    });
  });

  describe('S7: iss and aud', () => {
    it.each(['published', 'secret'])('are checked where the key (%s) has them', async (form) => {
      const tenant = await api.tenant();
      const host256 = new HostKey();
      const jwksUrl = form === 'published' ? host.publish(`/${tenant.id}`, host256) : undefined;
      const fields = { issuer: 'https://login.example', audience: 'parley' };
      const { body: key } = await createKey(tenant, { jwksUrl, ...fields });
      expect(key).toMatchObject(fields);
      const tokenOf = async (iss: string | null, aud: string | null): Promise<string> => {
        const claims = { ...(iss === null ? {} : { iss }), ...(aud === null ? {} : { aud }) };
        if (form === 'published') return host256.token(tenant.id, 'ada', claims);
        const secret = { tenantId: tenant.id, kid: key.kid ?? '', secret: key.secret ?? '' };
        const minting = { ...secret, algorithm: 'HS256', issuer: iss, audience: aud } as const;
        return mintToken(minting, { userId: 'ada', ttlSeconds: 60 }).token;
      };
      expect(await overRest(await tokenOf('https://login.example', 'parley'))).toBe('ada');
      expect(await overSocket(await tokenOf('https://login.example', 'parley'))).toBe('ada');
      for (const [iss, aud] of [
        [null, null],
        ['https://login.example', null],
        ['https://login.example', 'other'],
        ['https://evil.example', 'parley'],
      ] as const)
        for (const check of [overRest, overSocket])
          expect(await check(await tokenOf(iss, aud))).toBe('token.invalid');
    });

    it('Parley’s own tokens carry what the key asks for', async () => {
      const tenant = await api.tenant();
      await createKey(tenant, { issuer: 'https://login.example', audience: 'parley' });
      expect(await overRest(await api.token(tenant, 'ada'))).toBe('ada');
    });
  });

  describe('S9, S39: rotation of secrets', () => {
    it('both keys hold until the old one is revoked; only what it opened is closed', async () => {
      const tenant = await api.tenant();
      const { body: old } = await createKey(tenant, { name: 'old' });
      const oldToken = await hostSigned(tenant, old, 'ada');
      const oldSockets = [await connected(oldToken, 0), await connected(oldToken, 1)];
      const { body: next } = await createKey(tenant, { name: 'next' });
      expect(next.kid).not.toBe(old.kid);
      const nextToken = await hostSigned(tenant, next, 'ada');
      const nextSockets = [await connected(nextToken, 0), await connected(nextToken, 1)];
      // Signed with the old secret still, after the new one is known.
      expect(await overSocket(await hostSigned(tenant, old, 'bea'))).toBe('bea');
      expect(await overRest(oldToken)).toBe('ada');
      expect(await overRest(await api.token(tenant, 'cid'))).toBe('cid');
      expect(oldSockets.every(({ closeCode }) => closeCode === undefined)).toBe(true);
      await revoke(tenant, old);
      for (const socket of oldSockets)
        await waitFor(() => socket.closeCode === 4502, { timeoutMs: 2_000, message: 'close 4502' });
      await waitFor(async () => (await overSocket(oldToken)) === 'token.revoked', { timeoutMs: 3_000 });
      await waitFor(async () => (await overRest(oldToken)) === 'token.revoked', { timeoutMs: 3_000 });
      expect(await overSocket(nextToken, 1)).toBe('ada');
      for (const socket of nextSockets) {
        expect(socket.closeCode).toBeUndefined();
        expect(await socket.ask('ping', {})).toMatchObject({ ok: true });
      }
    });

    it('the newest key that is not revoked mints; without one, nothing is minted', async () => {
      const tenant = await api.tenant();
      const kidOf = async (): Promise<unknown> => {
        const token = await api.token(tenant, 'ada');
        return (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
          .kid;
      };
      const { body: next } = await createKey(tenant, {});
      expect(await kidOf()).toBe(next.kid);
      await createKey(tenant, { jwksUrl: host.publish(`/${tenant.id}`, new HostKey()) });
      expect(await kidOf()).toBe(next.kid);
      await revoke(tenant, next);
      expect(await kidOf()).not.toBe(next.kid);
      const { data } = (await api.call<Page<KeyView>>('GET', '/v1/admin/keys', { token: tenant.serverKey }))
        .body;
      for (const key of data) if (key.kid !== undefined) await revoke(tenant, key);
      const minting = await api.call('POST', '/v1/tokens', {
        token: tenant.serverKey,
        body: { userId: 'ada' },
      });
      expect(minting.body).toMatchObject({ code: 'key.not_found' });
    });
  });
});
