import type { ConversationView, LimitsView, SendResult, SettingsView } from '@parley/contracts/wire';
import {
  defaultMessageSettings,
  defaultTenantFeatures,
  defaultTenantLimits,
  defaultUserSettings,
} from '@parley/contracts/wire';
import { RunningApi, type Answer, type TestTenant } from './running-api';

describe('limits over REST', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await RunningApi.start();
  });
  afterAll(() => api.stop());

  async function conversation(tenant: TestTenant, ...userIds: string[]): Promise<string> {
    const { body } = await api.call<ConversationView>('POST', '/v1/conversations', {
      token: tenant.serverKey,
      body: { kind: 'group', participants: userIds.map((userId) => ({ userId })) },
    });
    return body.id;
  }

  function send(id: string, token: string, clientMessageId: string): Promise<Answer<SendResult>> {
    return api.call<SendResult>('POST', `/v1/conversations/${id}/messages`, {
      token,
      body: { clientMessageId, text: 'hello' },
    });
  }

  it('S34: lets a user send its burst and no more, says which bucket refused and when to go on', async () => {
    const tenant = await api.tenant('burst', { messages: { perMinute: 6, burst: 3 } });
    const [ann, ben] = [await api.token(tenant, 'ann'), await api.token(tenant, 'ben')];
    const id = await conversation(tenant, 'ann', 'ben');
    for (const left of [2, 1, 0]) {
      const { status, headers } = await send(id, ann, `message-${left}`);
      expect([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([
        201,
        '3',
        String(left),
      ]);
    }
    const refused = await send(id, ann, 'message-x');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ code: 'rate_limit.exceeded', bucket: 'messages', retryable: true });
    const { retryAfterMs } = refused.body as unknown as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1_000)));
    expect(refused.headers.get('ratelimit-policy')).toBe('6;w=60;burst=3;name="messages"');
    expect((await send(id, ben, 'message-x')).status).toBe(201);
  });

  it('does not count a repeat of a known message', async () => {
    const tenant = await api.tenant('repeats', { messages: { perMinute: 1, burst: 2 } });
    const ann = await api.token(tenant, 'ann');
    const id = await conversation(tenant, 'ann');
    for (let time = 0; time < 5; time += 1)
      expect((await send(id, ann, 'message-1')).status).toBeLessThan(202);
    expect((await send(id, ann, 'message-2')).status).toBe(201);
    expect((await send(id, ann, 'message-3')).status).toBe(429);
  });

  it.each([
    ['reads', 'GET', '/v1/me', undefined],
    ['writes', 'PATCH', '/v1/users/me', { name: 'Ann' }],
  ])('limits %s by themselves', async (bucket, method, path, body) => {
    const tenant = await api.tenant(bucket, { [bucket]: { perMinute: 1, burst: 2 } });
    const token = await api.token(tenant, 'ann');
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1)
      statuses.push((await api.call(method, path, { token, body })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it('gives each server key buckets of its own: imports, tokens, administration and the rest', async () => {
    const one = { perMinute: 1, burst: 1 };
    const tenant = await api.tenant('keys', { tokens: one, imports: one, keyRequests: one });
    const token = tenant.serverKey;
    const buckets: unknown[] = [];
    for (const [path, body] of [
      ['/v1/tokens', { userId: 'ann' }],
      ['/v1/imports', {}],
      ['/v1/conversations', { kind: 'group', participants: [{ userId: 'ann' }] }],
    ] as const) {
      expect((await api.call('POST', path, { token, body })).status).toBeLessThan(300);
      buckets.push((await api.call<{ bucket?: string }>('POST', path, { token, body })).body.bucket);
    }
    expect(buckets).toEqual(['tokens', 'imports', 'keyRequests']);
    // One that ran dry does not keep its owner from raising it.
    const raised = await api.call('PATCH', '/v1/admin/settings', {
      token,
      body: { limits: { tokens: { perMinute: 600_000, burst: 9 } } },
    });
    expect(raised.status).toBe(200);
    expect((await api.call('POST', '/v1/tokens', { token, body: { userId: 'ann' } })).status).toBe(201);
  });

  it('F7: stops who guesses keys, and nobody else at that address', async () => {
    const statuses = new Map<number, number>();
    for (let guess = 0; guess < 140; guess += 1) {
      const { status } = await api.call('GET', '/v1/me', { token: `psk_${'x'.repeat(42)}${guess % 10}` });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(statuses.get(429)).toBeGreaterThan(0);
    const { serverKey } = await api.tenant();
    expect((await api.call('GET', '/v1/me', { token: serverKey })).status).toBe(200);
  });

  it('tells limit, remaining and reset in every answer, also where nobody is known', async () => {
    const tenant = await api.tenant();
    for (const [path, token] of [
      ['/v1/me', tenant.serverKey],
      ['/v1/me', undefined],
      ['/health', undefined],
      ['/v1/nowhere', undefined],
    ] as const) {
      const { headers } = await api.call('GET', path, token === undefined ? {} : { token });
      for (const name of ['limit', 'remaining', 'reset']) {
        expect([path, headers.get(`ratelimit-${name}`)]).toEqual([path, expect.stringMatching(/^\d+$/)]);
      }
    }
  });

  describe('the tenant’s settings', () => {
    it('are the defaults until a server key of scope limits sets its own', async () => {
      const { id, serverKey: token } = await api.tenant('settings', {});
      const read = async (): Promise<SettingsView> =>
        (await api.call<SettingsView>('GET', '/v1/admin/settings', { token })).body;
      const others = {
        messages: defaultMessageSettings,
        origins: null,
        features: defaultTenantFeatures,
        users: defaultUserSettings,
      };
      expect(await read()).toEqual({ limits: defaultTenantLimits, ...others });
      const change = { messages: { perMinute: 600, burst: 60 }, socketsPerUser: 3 };
      await api.call('PATCH', '/v1/admin/settings', { token, body: { limits: change } });
      expect(await read()).toEqual({ limits: { ...defaultTenantLimits, ...change }, ...others });
      const { messages } = defaultTenantLimits;
      await api.call('PATCH', '/v1/admin/settings', { token, body: { limits: { messages } } });
      expect(await read()).toEqual({ limits: { ...defaultTenantLimits, socketsPerUser: 3 }, ...others });
      const ann = await api.token({ id, serverKey: token }, 'ann');
      const limits = (await api.call<LimitsView>('GET', '/v1/limits', { token: ann })).body;
      expect(limits.socketsPerUser).toBe(3);
      expect(limits.buckets.map(({ bucket }) => bucket)).toEqual([
        'messages',
        'reads',
        'writes',
        'tokens',
        'admin',
      ]);
      expect(limits.buckets[0]).toEqual({
        bucket: 'messages',
        perMinute: 100,
        burst: 20,
        remaining: 20,
        resetMs: 0,
      });
    });

    it.each([
      { limits: { messages: { perMinute: 0, burst: 1 } } },
      { limits: { messages: { perMinute: 1 } } },
      { limits: { messages: { perMinute: 1e9, burst: 1 } } },
      { limits: { messages: false } },
      { limits: { messages: null } },
      { limits: { unknown: { perMinute: 1, burst: 1 } } },
      { limits: { socketsPerUser: 0 } },
      { limits: [] },
    ])('cannot be %j: there is no switch', async (body) => {
      const { serverKey: token } = await api.tenant();
      const { status } = await api.call('PATCH', '/v1/admin/settings', { token, body });
      expect(status).toBe(400);
    });

    it('are not for users, nor for keys without the scope', async () => {
      const tenant = await api.tenant();
      const ann = await api.token(tenant, 'ann');
      const { body: key } = await api.call<{ secret: string }>('POST', '/v1/admin/keys', {
        token: tenant.serverKey,
        body: { kind: 'server', name: 'other', scopes: ['users', 'keys'] },
      });
      for (const [token, code] of [
        [ann, 'permission.denied'],
        [key.secret, 'scope.missing'],
      ] as const) {
        for (const method of ['GET', 'PATCH']) {
          const body = method === 'GET' ? {} : { body: {} };
          expect((await api.call(method, '/v1/admin/settings', { token, ...body })).body.code).toBe(code);
        }
      }
    });
  });
});
