import { randomUUID } from 'node:crypto';
import type { CreatedTenantView, OperatorScope, Page, TenantView } from '@parley/contracts/wire';
import { OperatorKeys } from '@parley/domain/tenants';
import { waitFor } from '@parley/testing';
import { RunningApi, type TestTenant } from './running-api';

interface Operation {
  security?: Record<string, unknown>[];
}

const tenants = '/v1/operator/tenants';

describe('S12, S18: operators', () => {
  let api: RunningApi;
  let keys: OperatorKeys;
  let operator: string;
  let tenant: TestTenant;
  let routes: { method: string; path: string; forOperators: boolean }[];

  beforeAll(async () => {
    api = await RunningApi.start();
    keys = api.app.get(OperatorKeys, { strict: false });
    operator = await key();
    tenant = await api.tenant('canary tenant');
    const { body } = await api.call<{ paths: Record<string, Record<string, Operation>> }>(
      'GET',
      '/docs/openapi.json',
    );
    routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security?.length !== 0)
        .map(([method, { security }]) => ({
          method: method.toUpperCase(),
          path: path.replace('{userId}', 'ada').replace(/\{\w+\}/g, tenant.id),
          forOperators: security?.some((scheme) => 'operator' in scheme) === true,
        })),
    );
  });

  afterAll(() => api.stop());

  async function key(...scopes: OperatorScope[]): Promise<string> {
    return (await keys.create('test', scopes.length === 0 ? undefined : scopes)).secret;
  }

  it('no tenant’s route opens to an operator key', async () => {
    const closed = routes.filter(({ forOperators }) => !forOperators);
    expect(closed.length).toBeGreaterThan(20);
    for (const { method, path } of closed) {
      const { status, body } = await api.call(method, path, { token: operator });
      expect([method, path, status, body.code]).toEqual([method, path, 401, 'token.invalid']);
    }
  });

  it('no operator’s route opens to anything of a tenant, or to nobody', async () => {
    const open = routes.filter(({ forOperators }) => forOperators);
    expect(open.map(({ path }) => path)).toEqual(expect.arrayContaining([tenants]));
    const token = await api.token(tenant, 'ada');
    for (const { method, path } of open) {
      for (const credential of [tenant.serverKey, token, 'pok_short', `pok_${'a'.repeat(43)}`]) {
        const { status, body } = await api.call(method, path, { token: credential });
        expect([method, path, status, body.code]).toEqual([method, path, 401, 'token.invalid']);
      }
      expect((await api.call(method, path)).body.code).toBe('token.missing');
    }
  });

  it('makes a tenant whose first keys work, and never shows them again', async () => {
    const made = await api.call<CreatedTenantView>('POST', tenants, {
      token: operator,
      body: { name: 'Acme' },
    });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ name: 'Acme', status: 'active' }),
    ]);
    const { serverKey, signingKey, id } = made.body;
    const token = await api.call('POST', '/v1/tokens', { token: serverKey.secret, body: { userId: 'ada' } });
    expect(token.status).toBe(201);
    for (const path of [tenants, `${tenants}/${id}`]) {
      const { text } = await api.call('GET', path, { token: operator });
      expect(text).toContain(id);
      expect(text).not.toContain(serverKey.secret);
      expect(text).not.toContain(signingKey.secret);
    }
  });

  it('pages through all tenants, each once', async () => {
    for (let index = 0; index < 3; index += 1) await api.tenant();
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `${tenants}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await api.call<Page<TenantView>>('GET', path, { token: operator });
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(tenant.id);
  });

  it('sees nothing of what is in a tenant', async () => {
    const canary = randomUUID();
    const token = await api.token(tenant, 'ada');
    const { body } = await api.call<{ id: string }>('POST', '/v1/conversations', {
      token,
      body: { kind: 'channel', title: canary, metadata: { canary } },
    });
    await api.call('POST', `/v1/conversations/${body.id}/messages`, { token, body: { text: canary } });
    for (const path of [tenants, `${tenants}/${tenant.id}`]) {
      const { status, text } = await api.call('GET', path, { token: operator });
      expect([status, text.includes(canary)]).toEqual([200, false]);
    }
  });

  it('suspends a tenant, whose keys and tokens then open nothing, and lets it in again', async () => {
    const path = `${tenants}/${tenant.id}`;
    const token = await api.token(tenant, 'ada');
    const me = async (credential: string) =>
      (await api.call('GET', '/v1/me', { token: credential })).body.code;
    const suspended = await api.call<TenantView>('PATCH', path, {
      token: operator,
      body: { status: 'suspended' },
    });
    expect([suspended.status, suspended.body.status]).toEqual([200, 'suspended']);
    for (const credential of [token, tenant.serverKey])
      await waitFor(async () => (await me(credential)) === 'tenant.suspended');
    await api.call('PATCH', path, { token: operator, body: { status: 'active' } });
    for (const credential of [token, tenant.serverKey])
      await waitFor(async () => (await me(credential)) === undefined);
  });

  it('renames a tenant and leaves its status alone', async () => {
    const path = `${tenants}/${tenant.id}`;
    const { body } = await api.call<TenantView>('PATCH', path, {
      token: operator,
      body: { name: 'Renamed' },
    });
    expect(body).toMatchObject({ name: 'Renamed', status: 'active' });
  });

  it('says that there is no such tenant', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { name: 'x' }],
    ] as const) {
      const answer = await api.call(method, `${tenants}/${randomUUID()}`, { token: operator, body });
      expect([answer.status, answer.body.code]).toEqual([404, 'tenant.not_found']);
    }
  });

  it('a key does what its scopes name, and nothing once it is revoked', async () => {
    const reader = await key('read');
    const maker = await key('manage');
    const made = await api.call('POST', tenants, { token: reader, body: { name: 'x' } });
    const listed = await api.call('GET', tenants, { token: maker });
    expect([made.body.code, listed.body.code]).toEqual(['scope.missing', 'scope.missing']);
    const { id, secret } = await keys.create('gone');
    expect((await api.call('GET', tenants, { token: secret })).status).toBe(200);
    await keys.revoke(id);
    await waitFor(
      async () => (await api.call('GET', tenants, { token: secret })).body.code === 'token.revoked',
    );
  });
});
